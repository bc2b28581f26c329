package dev.filo.embedded;

import de.bwaldvogel.mongo.bson.BinData;
import de.bwaldvogel.mongo.bson.Document;
import de.bwaldvogel.mongo.wire.bson.BsonDecoder;
import de.bwaldvogel.mongo.wire.bson.BsonEncoder;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;
import org.jspecify.annotations.Nullable;

/** How a document lies in the file: as BSON. */
final class DocumentType extends BasicDataType<Document> {

  static final DocumentType INSTANCE = new DocumentType();

  private static final int INITIAL_BYTES = 512;

  private DocumentType() {}

  /**
   * About the size in the file: MVStore splits pages by it, and a write rewrites its whole page.
   */
  @Override
  public int getMemory(Document document) {
    return size(document);
  }

  private static int size(@Nullable Object value) {
    return switch (value) {
      case null -> 1;
      case String string -> 6 + string.length();
      case Map<?, ?> document -> {
        int size = 5;
        for (Map.Entry<?, ?> field : document.entrySet()) {
          size += 2 + ((String) field.getKey()).length() + size(field.getValue());
        }
        yield size;
      }
      case Collection<?> array -> {
        int size = 5;
        for (Object element : array) {
          size += 4 + size(element);
        }
        yield size;
      }
      case BinData binary -> 5 + binary.getData().length;
      default -> 12;
    };
  }

  @Override
  public void write(WriteBuffer buffer, Document document) {
    ByteBuf bson = Unpooled.buffer(INITIAL_BYTES);
    BsonEncoder.encodeDocument(document, bson);
    buffer.put(ByteBuffer.wrap(bson.array(), 0, bson.writerIndex()));
  }

  @Override
  public Document read(ByteBuffer buffer) {
    ByteBuf bson = Unpooled.wrappedBuffer(buffer);
    int before = bson.readableBytes();
    Document document = BsonDecoder.decodeBson(bson);
    buffer.position(buffer.position() + before - bson.readableBytes());
    return document;
  }

  @Override
  public Document[] createStorage(int size) {
    return new Document[size];
  }
}
