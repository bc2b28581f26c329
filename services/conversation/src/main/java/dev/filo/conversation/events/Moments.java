package dev.filo.conversation.events;

import com.google.protobuf.Timestamp;
import dev.filo.platform.grpc.Times;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Instants in words: «venerdì 27 novembre, ore 22:00». */
final class Moments {
  // The zone of the texts. Stores of one retailer in several zones would need the store's own.
  private static final ZoneId ZONE = ZoneId.of("Europe/Rome");
  private static final DateTimeFormatter ITALIAN =
      DateTimeFormatter.ofPattern("EEEE d MMMM, 'ore' HH:mm", Locale.ITALIAN).withZone(ZONE);
  private static final DateTimeFormatter ENGLISH =
      DateTimeFormatter.ofPattern("EEEE d MMMM, HH:mm", Locale.ENGLISH).withZone(ZONE);

  private Moments() {}

  static String text(Timestamp at, boolean english) {
    return (english ? ENGLISH : ITALIAN).format(Times.instant(at));
  }
}
