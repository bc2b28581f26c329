package dev.filo.suite;

import com.google.api.AnnotationsProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.ExtensionRegistry;
import dev.filo.proto.api.v1.Rule;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/** The API as it was compiled, comments included. */
final class Api {
  private Api() {}

  /** Our own files. */
  static List<FileDescriptorProto> files() {
    var known = ExtensionRegistry.newInstance();
    Rule.registerAllExtensions(known);
    AnnotationsProto.registerAllExtensions(known);
    try (var descriptors = Api.class.getResourceAsStream("/filo/descriptors.binpb")) {
      return FileDescriptorSet.parseFrom(descriptors, known).getFileList().stream()
          .filter(file -> file.getPackage().startsWith("filo."))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
