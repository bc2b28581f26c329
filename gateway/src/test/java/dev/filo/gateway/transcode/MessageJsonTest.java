package dev.filo.gateway.transcode;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.JsonFormat;
import com.google.protobuf.util.Timestamps;
import dev.filo.proto.cart.v1.Cart;
import dev.filo.proto.cart.v1.CartLine;
import dev.filo.proto.cart.v1.LineAvailability;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MessageJsonTest {
  private static final int DEPTH_MAX = 4;
  private static final int OF_EACH = 20;

  private final List<ApiMethod> methods = ApiMethods.load(true).all();
  private final MessageJson json = new MessageJson(methods);
  private final JsonFormat.Printer protobufs =
      JsonFormat.printer().alwaysPrintFieldsWithNoPresence().omittingInsignificantWhitespace();

  private void requireSame(Message message, String as) throws InvalidProtocolBufferException {
    assertThat(json.text(message)).as(as).isEqualTo(protobufs.print(message));
  }

  @Test
  void anyMessageOfTheApi_isWrittenAsProtobufDoes() throws Exception {
    long seed = System.nanoTime();
    var random = new Random(seed);
    for (ApiMethod each : methods) {
      for (int i = 0; i < OF_EACH; i++) {
        requireSame(filled(each.requestPrototype(), random, 0), "seed " + seed);
        requireSame(filled(each.responsePrototype(), random, 0), "seed " + seed);
      }
      requireSame(each.responsePrototype(), "empty");
    }
  }

  @Test
  void everyCharacter_isWrittenAsProtobufDoes() throws Exception {
    for (int c = 0; c <= Character.MAX_VALUE; c++) {
      if (!Character.isSurrogate((char) c)) {
        requireSame(Cart.newBuilder().setName("a" + (char) c + "z").build(), "character " + c);
      }
    }
    var outside = Cart.newBuilder().setName("divano \uD83D\uDECB").build();
    requireSame(outside, "a pair of surrogates");
    assertThat(new String(json.bytes(outside), StandardCharsets.UTF_8)).contains("\uD83D\uDECB");
  }

  @Test
  void enumValueOfANewerService_isItsNumber() throws Exception {
    var line =
        CartLine.newBuilder()
            .setAvailability(LineAvailability.newBuilder().setStateValue(99))
            .build();
    requireSame(line, "unknown");
    assertThat(json.text(line)).contains("\"state\":99");
  }

  @Test
  void times_atTheirBounds_areWrittenAsProtobufDoes() throws Exception {
    for (Timestamp time :
        List.of(
            Timestamps.MIN_VALUE,
            Timestamps.MAX_VALUE,
            Timestamps.EPOCH,
            Timestamp.newBuilder().setSeconds(-1).setNanos(999_000_000).build(),
            Timestamp.newBuilder().setSeconds(1_000_000_000).setNanos(1_000).build(),
            Timestamp.newBuilder().setNanos(10).build())) {
      requireSame(Cart.newBuilder().setUpdateTime(time).build(), time.toString());
    }
  }

  @Test
  void packedMessages_areWritten() {
    var packed = Any.pack(Cart.newBuilder().setName("customers/julia/cart").build());
    assertThat(json.text(packed)).contains("\"name\":\"customers/julia/cart\"", "filo.cart.v1");
  }

  private static Message filled(Message prototype, Random random, int depth) {
    var builder = prototype.newBuilderForType();
    if (builder instanceof Timestamp.Builder time) {
      return time.setSeconds(random.nextLong(-60_000_000_000L, 250_000_000_000L))
          .setNanos(
              switch (random.nextInt(4)) {
                case 0 -> 0;
                case 1 -> random.nextInt(1_000) * 1_000_000;
                case 2 -> random.nextInt(1_000_000) * 1_000;
                default -> random.nextInt(1_000_000_000);
              })
          .build();
    }
    if (prototype.getDescriptorForType().getFile().getPackage().equals("google.protobuf")) {
      return builder.build(); // not all of its values can be written
    }
    for (FieldDescriptor field : prototype.getDescriptorForType().getFields()) {
      if (field.isMapField() || (depth == DEPTH_MAX && isMessage(field))) {
        continue;
      }
      int count = field.isRepeated() ? random.nextInt(3) : random.nextInt(3) == 0 ? 0 : 1;
      for (int i = 0; i < count; i++) {
        var value = value(builder, field, random, depth);
        if (field.isRepeated()) {
          builder.addRepeatedField(field, value);
        } else {
          builder.setField(field, value);
        }
      }
    }
    return builder.build();
  }

  private static boolean isMessage(FieldDescriptor field) {
    return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
  }

  private static Object value(
      Message.Builder owner, FieldDescriptor field, Random random, int depth) {
    return switch (field.getJavaType()) {
      case INT -> random.nextBoolean() ? random.nextInt() : random.nextInt(10);
      case LONG -> random.nextBoolean() ? random.nextLong() : random.nextLong(10);
      case FLOAT -> List.of(0f, 1.5f, 1e20f, Float.NaN, random.nextFloat()).get(random.nextInt(5));
      case DOUBLE ->
          List.of(-0.0, 1.5, 1e300, Double.NEGATIVE_INFINITY, random.nextDouble())
              .get(random.nextInt(5));
      case BOOLEAN -> random.nextBoolean();
      case STRING -> "è «<b>» \"" + random.nextInt(100) + "\\\n\u2028";
      case BYTE_STRING -> ByteString.copyFrom(new byte[] {1, (byte) random.nextInt(), 3, 4});
      case ENUM ->
          field
              .getEnumType()
              .getValues()
              .get(random.nextInt(field.getEnumType().getValues().size()));
      case MESSAGE ->
          filled(owner.newBuilderForField(field).getDefaultInstanceForType(), random, depth + 1);
    };
  }
}
