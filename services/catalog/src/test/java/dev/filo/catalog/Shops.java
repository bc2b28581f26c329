package dev.filo.catalog;

import com.google.protobuf.Duration;
import com.google.type.DayOfWeek;
import com.google.type.LatLng;
import com.google.type.TimeOfDay;
import dev.filo.proto.catalog.v1.OpeningPeriod;
import dev.filo.proto.catalog.v1.Store;

/** Two stores and a warehouse. */
public final class Shops {
  private Shops() {}

  /** A store in Milan. */
  public static Store milan() {
    return shop("milano", "Milano", 45.4642, 9.19).build();
  }

  /** A store in Rome. */
  public static Store rome() {
    return shop("roma", "Roma", 41.9028, 12.4964).build();
  }

  /** A warehouse near Milan. */
  public static Store warehouse() {
    return shop("magazzino", "Magazzino", 45.5, 9.2).setWarehouse(true).setPickup(false).build();
  }

  private static Store.Builder shop(String id, String title, double latitude, double longitude) {
    var store =
        Store.newBuilder()
            .setName("stores/" + id)
            .setTitle(title)
            .setLocation(LatLng.newBuilder().setLatitude(latitude).setLongitude(longitude))
            .setTimeZone("Europe/Rome")
            .setPickup(true)
            .setPickupLead(Duration.newBuilder().setSeconds(3600));
    for (int day = DayOfWeek.MONDAY_VALUE; day <= DayOfWeek.SATURDAY_VALUE; day++) {
      store.addOpeningHours(
          OpeningPeriod.newBuilder()
              .setDayValue(day)
              .setOpenTime(TimeOfDay.newBuilder().setHours(10))
              .setCloseTime(TimeOfDay.newBuilder().setHours(20)));
    }
    return store;
  }
}
