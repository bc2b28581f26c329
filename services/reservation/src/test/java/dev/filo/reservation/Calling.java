package dev.filo.reservation;

import dev.filo.proto.reservation.v1.AcceptOfferRequest;
import dev.filo.proto.reservation.v1.AcknowledgeReservationRequest;
import dev.filo.proto.reservation.v1.CancelReservationRequest;
import dev.filo.proto.reservation.v1.CollectPickupRequest;
import dev.filo.proto.reservation.v1.CompletePutBackRequest;
import dev.filo.proto.reservation.v1.DeclineOfferRequest;
import dev.filo.proto.reservation.v1.GetPickListRequest;
import dev.filo.proto.reservation.v1.GetPutBackListRequest;
import dev.filo.proto.reservation.v1.GetReservationRequest;
import dev.filo.proto.reservation.v1.LineQuantity;
import dev.filo.proto.reservation.v1.PrepareReservationRequest;
import dev.filo.proto.reservation.v1.RefusalCause;
import dev.filo.proto.reservation.v1.RefuseReservationRequest;
import dev.filo.proto.reservation.v1.Reservation;

/** Requests of the store and of customers, as short as they can be said. */
final class Calling {
  private Calling() {}

  static GetReservationRequest get(Reservation of) {
    return GetReservationRequest.newBuilder().setName(of.getName()).build();
  }

  static AcknowledgeReservationRequest acknowledge(Reservation of, String id) {
    return AcknowledgeReservationRequest.newBuilder()
        .setName(of.getName())
        .setRequestId(id)
        .build();
  }

  static PrepareReservationRequest prepare(Reservation of, String shelf, String id) {
    return PrepareReservationRequest.newBuilder()
        .setName(of.getName())
        .setShelf(shelf)
        .setRequestId(id)
        .build();
  }

  static RefuseReservationRequest refuse(
      Reservation of, RefusalCause cause, String id, LineQuantity... lines) {
    return RefuseReservationRequest.newBuilder()
        .setName(of.getName())
        .setCause(cause)
        .addAllLines(java.util.List.of(lines))
        .setRequestId(id)
        .build();
  }

  static LineQuantity line(String sku, int pieces) {
    return LineQuantity.newBuilder().setSku(sku).setQuantity(pieces).build();
  }

  static AcceptOfferRequest accept(Reservation of, String id) {
    return AcceptOfferRequest.newBuilder().setName(of.getName()).setRequestId(id).build();
  }

  static DeclineOfferRequest decline(Reservation of, String id) {
    return DeclineOfferRequest.newBuilder().setName(of.getName()).setRequestId(id).build();
  }

  static CancelReservationRequest cancel(Reservation of, String id) {
    return CancelReservationRequest.newBuilder().setName(of.getName()).setRequestId(id).build();
  }

  static CollectPickupRequest collect(Reservation of, String id, LineQuantity... lines) {
    return CollectPickupRequest.newBuilder()
        .setStore("stores/milano")
        .setPickupCode(of.getPickupCode())
        .setRequestId(id)
        .addAllLines(java.util.List.of(lines))
        .build();
  }

  static GetPickListRequest picks() {
    return GetPickListRequest.newBuilder().setName("stores/milano/pickList").build();
  }

  static GetPutBackListRequest putBacks() {
    return GetPutBackListRequest.newBuilder().setName("stores/milano/putBackList").build();
  }

  static CompletePutBackRequest putAway(Reservation of, String id) {
    return CompletePutBackRequest.newBuilder()
        .setName("stores/milano/putBackList")
        .setReservation(of.getName())
        .setRequestId(id)
        .build();
  }
}
