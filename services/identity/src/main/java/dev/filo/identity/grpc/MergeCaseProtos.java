package dev.filo.identity.grpc;

import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Graph;
import dev.filo.identity.domain.IdentifierKey;
import dev.filo.identity.domain.MergeCase;
import dev.filo.identity.service.Customers;
import dev.filo.identity.service.MergeCases;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.identity.v1.MergePreview;
import java.util.HashSet;
import java.util.stream.Stream;

/** Cases as messages. */
final class MergeCaseProtos {
  private static final String PREFIX = "mergeCases/";

  private MergeCaseProtos() {}

  static String name(String id) {
    return PREFIX + id;
  }

  static MergeCase.State state(dev.filo.proto.identity.v1.MergeCase.State state) {
    return switch (state) {
      case STATE_MERGED -> MergeCase.State.MERGED;
      case STATE_KEPT_APART -> MergeCase.State.KEPT_APART;
      case STATE_OPEN -> MergeCase.State.OPEN;
      case STATE_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("the field's own rule lets only known states in");
    };
  }

  static dev.filo.proto.identity.v1.MergeCase message(MergeCase found) {
    var message =
        dev.filo.proto.identity.v1.MergeCase.newBuilder()
            .setName(name(found.id()))
            .setState(
                switch (found.state()) {
                  case OPEN -> dev.filo.proto.identity.v1.MergeCase.State.STATE_OPEN;
                  case MERGED -> dev.filo.proto.identity.v1.MergeCase.State.STATE_MERGED;
                  case KEPT_APART -> dev.filo.proto.identity.v1.MergeCase.State.STATE_KEPT_APART;
                })
            .setCause(
                switch (found.cause()) {
                  case ACCOUNTS -> dev.filo.proto.identity.v1.MergeCase.Cause.CAUSE_ACCOUNTS;
                  case LIMIT -> dev.filo.proto.identity.v1.MergeCase.Cause.CAUSE_LIMIT;
                  case APART -> dev.filo.proto.identity.v1.MergeCase.Cause.CAUSE_APART;
                })
            .setCustomer(Customer.name(found.one()))
            .setOther(Customer.name(found.other()))
            .setCreateTime(Times.timestamp(found.createTime()))
            .setDecidedBy(found.decidedBy())
            .setEtag(Long.toString(found.version()));
    found.identifiers().stream()
        .map(key -> CustomerProtos.type(IdentifierKey.ofKey(key).type()))
        .distinct()
        .sorted()
        .forEach(message::addShared);
    var decided = found.decideTime();
    if (decided != null) {
      message.setDecideTime(Times.timestamp(decided));
    }
    return message.build();
  }

  static dev.filo.proto.identity.v1.MergeCase message(MergeCases.View view, Graph.Policy policy) {
    var message = message(view.found()).toBuilder();
    if (view.found().state() == MergeCase.State.OPEN) {
      message.setPreview(preview(view, policy));
    }
    return message.build();
  }

  private static MergePreview preview(MergeCases.View view, Graph.Policy policy) {
    boolean stays = stays(view.one(), view.other());
    var who = stays ? view.one() : view.other();
    var moving = stays ? view.other() : view.one();
    var preview =
        MergePreview.newBuilder()
            .setStays(CustomerProtos.full(who, policy))
            .setMoves(CustomerProtos.full(moving, policy))
            .setAlreadyOne(view.isOne());
    if (!view.isOne()) {
      var now = new HashSet<>(who.customer().consents());
      var together =
          who.customer()
              .effectiveConsents(Stream.of(moving.customer()).map(MergeCaseProtos::root).toList());
      preview.addAllConsents(
          ConsentProtos.messages(
              together.stream().filter(consent -> !now.contains(consent)).toList()));
    }
    return preview.build();
  }

  /** As if she were merged just after everything either of them answered. */
  private static Customer root(Customer customer) {
    return customer.mergedInto(
        new dev.filo.identity.domain.Merge("preview", "", java.time.Instant.MAX, "", null, ""));
  }

  /** Who has an account, else the elder. */
  private static boolean stays(Customers.Person one, Customers.Person other) {
    if (one.customer().guest() != other.customer().guest()) {
      return !one.customer().guest();
    }
    return Customer.BY_AGE.compare(one.customer(), other.customer()) <= 0;
  }
}
