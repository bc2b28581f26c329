package dev.filo.gateway.door;

import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Messages as they are on the wire: the door does not read them. */
enum Bytes implements MethodDescriptor.Marshaller<byte[]> {
  /**
   * What callers send; {@link #UNREADABLE} when it is damaged, or unpacked larger than is taken.
   */
  REQUESTS,
  /** What services answer. */
  ANSWERS;

  /** In place of a request that could not be read: who takes it refuses the call. */
  @SuppressWarnings("MutablePublicArray") // it is empty
  static final byte[] UNREADABLE = new byte[0];

  @Override
  public InputStream stream(byte[] value) {
    return new ByteArrayInputStream(value);
  }

  @Override
  public byte[] parse(InputStream stream) {
    try {
      return stream.readAllBytes();
    } catch (IOException e) {
      if (this == REQUESTS) {
        return UNREADABLE;
      }
      throw new UncheckedIOException(e);
    } catch (StatusRuntimeException e) { // gRPC's own limit of what is unpacked
      if (this == REQUESTS) {
        return UNREADABLE;
      }
      throw e;
    }
  }
}
