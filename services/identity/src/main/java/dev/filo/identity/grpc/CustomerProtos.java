package dev.filo.identity.grpc;

import com.google.protobuf.FieldMask;
import com.google.type.LatLng;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Graph;
import dev.filo.identity.domain.IdentifierKey;
import dev.filo.identity.domain.Place;
import dev.filo.identity.domain.Refusal;
import dev.filo.identity.service.Customers;
import dev.filo.identity.service.RefusedException;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.identity.v1.CustomerPlace;
import dev.filo.proto.identity.v1.Identifier;
import dev.filo.proto.identity.v1.MergedCustomer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/** Customers as messages. */
final class CustomerProtos {
  private CustomerProtos() {}

  /** A person, as staff see her. */
  static dev.filo.proto.identity.v1.Customer full(Customers.Person person, Graph.Policy policy) {
    var message = message(person, policy).toBuilder();
    person.merged().stream()
        .sorted(Customer.BY_AGE)
        .forEach(one -> message.addMerged(merged(one, policy)));
    return message.build();
  }

  private static MergedCustomer merged(Customer one, Graph.Policy policy) {
    var message =
        MergedCustomer.newBuilder()
            .setName(one.name())
            .setInto(Customer.name(one.mergedInto()))
            .addAllIdentifiers(identifiers(one, policy));
    if (!one.merges().isEmpty()) {
      var last = one.merges().getLast();
      message.setMergeTime(Times.timestamp(last.time()));
      if (!last.cause().isEmpty()) {
        message.setCause(type(IdentifierKey.ofKey(last.cause()).type()));
      }
    }
    return message.build();
  }

  static Identifier.Type type(IdentifierKey.Type type) {
    return switch (type) {
      case EMAIL -> Identifier.Type.EMAIL;
      case PHONE -> Identifier.Type.PHONE;
      case WHATSAPP -> Identifier.Type.WHATSAPP;
      case MESSENGER -> Identifier.Type.MESSENGER;
      case INSTAGRAM -> Identifier.Type.INSTAGRAM;
      case LOYALTY_CARD -> Identifier.Type.LOYALTY_CARD;
      case TILL_CARD -> Identifier.Type.TILL_CARD;
    };
  }

  static IdentifierKey.Type type(Identifier.Type type) {
    return switch (type) {
      case EMAIL -> IdentifierKey.Type.EMAIL;
      case PHONE -> IdentifierKey.Type.PHONE;
      case WHATSAPP -> IdentifierKey.Type.WHATSAPP;
      case MESSENGER -> IdentifierKey.Type.MESSENGER;
      case INSTAGRAM -> IdentifierKey.Type.INSTAGRAM;
      case LOYALTY_CARD -> IdentifierKey.Type.LOYALTY_CARD;
      case TILL_CARD -> IdentifierKey.Type.TILL_CARD;
      case TYPE_UNSPECIFIED, UNRECOGNIZED ->
          throw new IllegalArgumentException("the field's own rule lets only known types in");
    };
  }

  private static List<Identifier> identifiers(Customer customer, Graph.Policy policy) {
    var counted = new HashSet<>(Graph.effective(customer, policy));
    return customer.links().stream()
        .filter(link -> link.withdrawTime() == null)
        .map(
            link -> {
              var message =
                  Identifier.newBuilder()
                      .setType(type(link.identifier().type()))
                      .setValue(link.identifier().value())
                      .setVerified(counted.contains(link))
                      .setEvidence(
                          switch (link.evidence()) {
                            case CLAIMED -> Identifier.Evidence.EVIDENCE_CLAIMED;
                            case STAFF -> Identifier.Evidence.EVIDENCE_STAFF;
                            case PROVIDER -> Identifier.Evidence.EVIDENCE_PROVIDER;
                            case PASSKEY -> Identifier.Evidence.EVIDENCE_PASSKEY;
                            case CODE -> Identifier.Evidence.EVIDENCE_CODE;
                          })
                      .setFirstTime(Times.timestamp(link.firstTime()))
                      .setChannel(link.channel());
              if (link.isProven()) {
                message.setVerifyTime(Times.timestamp(link.lastTime()));
              }
              return message.build();
            })
        .toList();
  }

  /** A person, as she sees herself. */
  static dev.filo.proto.identity.v1.Customer message(Customers.Person person, Graph.Policy policy) {
    var customer = person.customer();
    var profile = customer.profile();
    var message =
        dev.filo.proto.identity.v1.Customer.newBuilder()
            .setName(customer.name())
            .setGuest(customer.guest())
            .setGivenName(profile.givenName())
            .setFamilyName(profile.familyName())
            .setLanguageCode(profile.language())
            .setCreateTime(Times.timestamp(customer.createTime()))
            .setEtag(Long.toString(customer.version()))
            .addAllIdentifiers(identifiers(customer, policy));
    var place = profile.place();
    if (place != null) {
      message.setPlace(message(place));
    }
    return message.build();
  }

  private static dev.filo.proto.identity.v1.Place message(Place place) {
    return dev.filo.proto.identity.v1.Place.newBuilder()
        .setTitle(place.title())
        .setStore(place.store())
        .setLocation(
            LatLng.newBuilder().setLatitude(place.latitude()).setLongitude(place.longitude()))
        .build();
  }

  /** Where a customer shops, who was asked for by this name. */
  static CustomerPlace place(String name, Customer customer) {
    var message = CustomerPlace.newBuilder().setCustomer(name);
    var place = customer.profile().place();
    if (place != null) {
      message.setPlace(message(place));
    }
    return message.build();
  }

  /** What an update makes of a profile. */
  static Customer.Profile change(
      Customer.Profile profile, dev.filo.proto.identity.v1.Customer wanted, FieldMask mask) {
    var next = profile;
    for (String path : paths(wanted, mask)) {
      next =
          switch (path) {
            case "given_name" ->
                new Customer.Profile(
                    wanted.getGivenName(), next.familyName(), next.language(), next.place());
            case "family_name" ->
                new Customer.Profile(
                    next.givenName(), wanted.getFamilyName(), next.language(), next.place());
            case "language_code" ->
                new Customer.Profile(
                    next.givenName(), next.familyName(), wanted.getLanguageCode(), next.place());
            case "place" ->
                new Customer.Profile(
                    next.givenName(),
                    next.familyName(),
                    next.language(),
                    wanted.hasPlace() ? place(wanted.getPlace()) : null);
            default -> throw new RefusedException(new Refusal.MaskInvalid(path));
          };
    }
    return next;
  }

  private static List<String> paths(dev.filo.proto.identity.v1.Customer wanted, FieldMask mask) {
    if (mask.getPathsCount() > 0) {
      return mask.getPathsList();
    }
    var paths = new ArrayList<String>();
    if (!wanted.getGivenName().isEmpty()) {
      paths.add("given_name");
    }
    if (!wanted.getFamilyName().isEmpty()) {
      paths.add("family_name");
    }
    if (!wanted.getLanguageCode().isEmpty()) {
      paths.add("language_code");
    }
    if (wanted.hasPlace()) {
      paths.add("place");
    }
    return paths;
  }

  private static Place place(dev.filo.proto.identity.v1.Place place) {
    return new Place(
        place.getTitle(),
        place.getLocation().getLatitude(),
        place.getLocation().getLongitude(),
        place.getStore());
  }
}
