package dev.filo.embedded;

import java.nio.ByteBuffer;
import org.h2.mvstore.DataUtils;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;

/** How a {@link Key} lies in the file: its length, then its bytes. */
final class KeyType extends BasicDataType<Key> {

  static final KeyType INSTANCE = new KeyType();

  /** What a key costs in memory beyond its bytes. */
  private static final int OVERHEAD_BYTES = 40;

  private KeyType() {}

  @Override
  public int compare(Key a, Key b) {
    return a.compareTo(b);
  }

  @Override
  public int getMemory(Key key) {
    return OVERHEAD_BYTES + key.bytes().length;
  }

  @Override
  public void write(WriteBuffer buffer, Key key) {
    buffer.putVarInt(key.bytes().length).put(key.bytes());
  }

  @Override
  public Key read(ByteBuffer buffer) {
    byte[] bytes = new byte[DataUtils.readVarInt(buffer)];
    buffer.get(bytes);
    return new Key(bytes);
  }

  @Override
  public Key[] createStorage(int size) {
    return new Key[size];
  }
}
