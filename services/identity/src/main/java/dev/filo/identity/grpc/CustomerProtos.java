package dev.filo.identity.grpc;

import com.google.protobuf.FieldMask;
import com.google.type.LatLng;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Place;
import dev.filo.identity.domain.Refusal;
import dev.filo.identity.service.RefusedException;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.identity.v1.Identifier;
import java.util.ArrayList;
import java.util.List;

/** Customers as messages. */
final class CustomerProtos {
  private CustomerProtos() {}

  static dev.filo.proto.identity.v1.Customer message(Customer customer) {
    var profile = customer.profile();
    var message =
        dev.filo.proto.identity.v1.Customer.newBuilder()
            .setName(customer.name())
            .setGuest(customer.guest())
            .setGivenName(profile.givenName())
            .setFamilyName(profile.familyName())
            .setLanguageCode(profile.language())
            .setCreateTime(Times.timestamp(customer.createTime()))
            .setEtag(Long.toString(customer.version()));
    for (var identifier : customer.identifiers()) {
      message.addIdentifiers(
          Identifier.newBuilder()
              .setType(
                  switch (identifier.address().kind()) {
                    case EMAIL -> Identifier.Type.EMAIL;
                    case PHONE -> Identifier.Type.PHONE;
                  })
              .setValue(identifier.address().value())
              .setVerified(true)
              .setVerifyTime(Times.timestamp(identifier.verifyTime())));
    }
    var place = profile.place();
    if (place != null) {
      message.setPlace(
          dev.filo.proto.identity.v1.Place.newBuilder()
              .setTitle(place.title())
              .setLocation(
                  LatLng.newBuilder()
                      .setLatitude(place.latitude())
                      .setLongitude(place.longitude())));
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
        place.getTitle(), place.getLocation().getLatitude(), place.getLocation().getLongitude());
  }
}
