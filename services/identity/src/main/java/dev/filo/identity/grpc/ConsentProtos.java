package dev.filo.identity.grpc;

import dev.filo.identity.domain.Consent;
import dev.filo.identity.domain.Customer;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.identity.v1.Consents;
import java.time.Instant;
import java.util.List;

/** Consents as messages. */
final class ConsentProtos {
  private static final String UNDER = "/consents";

  private ConsentProtos() {}

  /** The customer in {@code customers/x/consents}. */
  static String customer(String name) {
    return name.substring(0, name.length() - UNDER.length());
  }

  static Consents message(Customer customer) {
    return Consents.newBuilder()
        .setName(customer.name() + UNDER)
        .addAllConsents(messages(customer.consents()))
        .build();
  }

  static List<dev.filo.proto.identity.v1.Consent> messages(List<Consent> consents) {
    return consents.stream()
        .map(
            consent ->
                dev.filo.proto.identity.v1.Consent.newBuilder()
                    .setPurpose(
                        dev.filo.proto.identity.v1.Consent.Purpose.valueOf(
                            "PURPOSE_" + consent.purpose().name()))
                    .setChannel(
                        dev.filo.proto.identity.v1.Consent.Channel.valueOf(
                            "CHANNEL_" + consent.channel().name()))
                    .setGranted(consent.granted())
                    .setTime(Times.timestamp(consent.time()))
                    .setProof(consent.proof())
                    .setRecordedBy(consent.by())
                    .setSource(consent.channelOfAnswer())
                    .build())
        .toList();
  }

  static Consent consent(
      dev.filo.proto.identity.v1.Consent consent, Instant now, String by, String channel) {
    return new Consent(
        Consent.Purpose.valueOf(consent.getPurpose().name().substring("PURPOSE_".length())),
        Consent.Channel.valueOf(consent.getChannel().name().substring("CHANNEL_".length())),
        consent.getGranted(),
        now,
        consent.getProof(),
        by,
        channel);
  }
}
