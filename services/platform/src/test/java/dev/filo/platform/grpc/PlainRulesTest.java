package dev.filo.platform.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import build.buf.protovalidate.Validator;
import build.buf.protovalidate.ValidatorFactory;
import build.buf.validate.FieldRules;
import build.buf.validate.ValidateProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;
import dev.filo.proto.cart.v1.CartServiceOuterClass;
import dev.filo.proto.catalog.v1.CatalogServiceOuterClass;
import dev.filo.proto.conversation.v1.ConversationServiceOuterClass;
import dev.filo.proto.inventory.v1.HoldLine;
import dev.filo.proto.inventory.v1.InventoryServiceOuterClass;
import dev.filo.proto.inventory.v1.PlaceHoldRequest;
import dev.filo.proto.reservation.v1.ReservationServiceOuterClass;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PlainRulesTest {
  private static final List<String> TEXTS =
      List.of(
          "",
          "a",
          "SOFA-1",
          "stores/milano",
          "customers/me",
          "customers/abc",
          "reservations/",
          "reservations/r1",
          "stockLevels/SOFA-1@milano",
          "stockItems/SOFA-1",
          "holds/h1",
          "conversations/c1",
          "waitlistEntries/w1",
          "products/sofa",
          "media/sofa.png",
          "cartLinks/l1",
          "vouchers/AUTUMN-10",
          "AUTUMN-10",
          "stores/milano/putBackList",
          "stores/milano/pickList",
          "customers/abc/cart",
          "reservationPolicy",
          "safetyRules",
          "2026-11-28",
          "8001234567895",
          "#00ff00",
          "5c1f6f0e-6c2c-4a4b-9d3e-0a1b2c3d4e5f",
          "julia@example.com",
          "+393331234567",
          "it",
          "ünï 😀",
          "x".repeat(64),
          "x".repeat(101),
          "x".repeat(3_000),
          "a.b/c d");
  private static final long[] NUMBERS = {
    0, 1, -1, 2, 50, 100, 101, 999, 1_000, 1_001, 1_000_001, Integer.MAX_VALUE, Integer.MIN_VALUE
  };
  private static final double[] DOUBLES = {
    0, 1, -1, 90, 90.5, -181, 1e9, Double.NaN, Double.POSITIVE_INFINITY
  };
  private static final int ROUNDS = 12;
  private static final int TRIES_MAX = 50;
  private static final int DEPTH = 3;

  private final PlainRules rules = new PlainRules();
  private final Validator validator = ValidatorFactory.newBuilder().build();

  static Stream<Descriptor> requests() {
    return Stream.of(
            InventoryServiceOuterClass.getDescriptor(),
            CartServiceOuterClass.getDescriptor(),
            ReservationServiceOuterClass.getDescriptor(),
            CatalogServiceOuterClass.getDescriptor(),
            ConversationServiceOuterClass.getDescriptor())
        .flatMap(file -> file.getServices().stream())
        .flatMap(service -> service.getMethods().stream())
        .map(method -> method.getInputType())
        .distinct();
  }

  /** From a message that keeps all rules, each field is given other values. */
  @ParameterizedTest
  @MethodSource("requests")
  void judgesAsProtovalidateDoes(Descriptor type) throws Exception {
    long seed = ThreadLocalRandom.current().nextLong();
    var random = new Random(seed);
    var valid = valid(type, random);
    assertThat(rules.accepts(valid)).as("seed %d, %s: %s", seed, type.getName(), valid).isTrue();
    for (FieldDescriptor field : type.getFields()) {
      for (int i = 0; i < ROUNDS; i++) {
        var builder = DynamicMessage.newBuilder(type).mergeFrom(valid).clearField(field);
        set(builder, field, random, DEPTH);
        var message = builder.build();
        assertThat(rules.accepts(message))
            .as("seed %d, %s: %s", seed, field.getName(), message)
            .isEqualTo(validator.validate(message).isSuccess());
      }
    }
  }

  private Message valid(Descriptor type, Random random) throws Exception {
    for (int i = 0; i < TRIES_MAX; i++) {
      var message = kept(type, random, DEPTH);
      if (validator.validate(message).isSuccess()) {
        return message;
      }
    }
    throw new IllegalStateException("no message found that keeps the rules of " + type.getName());
  }

  /** A message whose fields keep the plainest of their own rules. */
  private static Message kept(Descriptor type, Random random, int depth) {
    var builder = DynamicMessage.newBuilder(type);
    for (FieldDescriptor field : type.getFields()) {
      FieldRules rules = field.getOptions().getExtension(ValidateProto.field);
      boolean isMessage = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
      if (field.isMapField() || (isMessage && depth == 0 && !rules.getRequired())) {
        continue;
      }
      if (field.isRepeated()) {
        for (int i = 0; i < rules.getRepeated().getMinItems(); i++) {
          builder.addRepeatedField(
              field, kept(field, rules.getRepeated().getItems(), random, depth));
        }
      } else {
        builder.setField(field, kept(field, rules, random, depth));
      }
    }
    return builder.build();
  }

  private static Object kept(FieldDescriptor field, FieldRules rules, Random random, int depth) {
    return switch (field.getJavaType()) {
      case STRING -> {
        var text = rules.getString();
        if (text.getInCount() > 0) {
          yield text.getIn(random.nextInt(text.getInCount()));
        }
        var fitting =
            TEXTS.stream()
                .filter(one -> Pattern.compile(text.getPattern()).matcher(one).find())
                .filter(one -> one.length() >= text.getMinLen())
                .filter(one -> !text.hasMaxLen() || one.length() <= text.getMaxLen())
                .filter(one -> !rules.getRequired() || !one.isEmpty())
                .toList();
        yield fitting.get(random.nextInt(fitting.size()));
      }
      case INT -> Math.max(1, rules.getInt32().getGte());
      case LONG -> Math.max(1, rules.getInt64().getGte());
      case DOUBLE -> Math.max(0, rules.getDouble().getGte());
      case BYTE_STRING -> ByteString.copyFromUtf8("x");
      case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(1);
      case MESSAGE -> kept(field.getMessageType(), random, depth - 1);
      default -> value(field, random, depth);
    };
  }

  @Test
  void acceptsWhatKeepsTheRules() {
    var hold =
        PlaceHoldRequest.newBuilder()
            .setHoldId("h1")
            .setLocation("stores/milano")
            .addLines(HoldLine.newBuilder().setSku("SOFA-1").setQuantity(2))
            .setExpireTime(com.google.protobuf.Timestamp.newBuilder().setSeconds(1))
            .setOwner("reservations/r1")
            .setRequestId("q1")
            .build();
    assertThat(rules.accepts(hold)).isTrue();
    assertThat(rules.accepts(hold.toBuilder().clearExpireTime().build())).isFalse();
    assertThat(rules.accepts(hold.toBuilder().setLocation("milano").build())).isFalse();
    assertThat(rules.accepts(hold.toBuilder().clearLines().build())).isFalse();
    assertThat(
            rules.accepts(
                hold.toBuilder()
                    .addLines(HoldLine.newBuilder().setSku("SOFA-1").setQuantity(0))
                    .build()))
        .isFalse();
  }

  private static void set(
      DynamicMessage.Builder builder, FieldDescriptor field, Random random, int depth) {
    if (field.isMapField()
        || (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && depth == 0)) {
      return;
    }
    if (!field.isRepeated()) {
      builder.setField(field, value(field, random, depth));
      return;
    }
    var values = new ArrayList<Object>();
    boolean isMessage = field.getJavaType() == FieldDescriptor.JavaType.MESSAGE;
    int count = !isMessage && random.nextInt(5) == 0 ? 101 : random.nextInt(3);
    for (int i = 0; i < count; i++) {
      values.add(value(field, random, depth));
    }
    builder.setField(field, values);
  }

  private static Message message(Descriptor type, Random random, int depth) {
    var builder = DynamicMessage.newBuilder(type);
    for (FieldDescriptor field : type.getFields()) {
      if (random.nextInt(4) > 0) {
        set(builder, field, random, depth);
      }
    }
    return builder.build();
  }

  private static Object value(FieldDescriptor field, Random random, int depth) {
    return switch (field.getJavaType()) {
      case STRING -> TEXTS.get(random.nextInt(TEXTS.size()));
      case INT -> (int) NUMBERS[random.nextInt(NUMBERS.length)];
      case LONG -> NUMBERS[random.nextInt(NUMBERS.length)];
      case DOUBLE -> DOUBLES[random.nextInt(DOUBLES.length)];
      case FLOAT -> (float) DOUBLES[random.nextInt(DOUBLES.length)];
      case BOOLEAN -> random.nextBoolean();
      case BYTE_STRING -> ByteString.copyFromUtf8(TEXTS.get(random.nextInt(TEXTS.size())));
      case ENUM -> field.getEnumType().findValueByNumberCreatingIfUnknown(random.nextInt(12));
      case MESSAGE -> message(field.getMessageType(), random, depth - 1);
    };
  }
}
