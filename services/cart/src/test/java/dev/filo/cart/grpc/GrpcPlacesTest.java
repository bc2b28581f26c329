package dev.filo.cart.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.type.LatLng;
import dev.filo.cart.service.Places.Place;
import dev.filo.cart.service.Stock.Point;
import dev.filo.platform.code.Ids;
import dev.filo.platform.grpc.Channels;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.identity.v1.BatchGetPlacesRequest;
import dev.filo.proto.identity.v1.BatchGetPlacesResponse;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.identity.v1.CustomerPlace;
import dev.filo.proto.identity.v1.GetCustomerRequest;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import dev.filo.testkit.TestTokens;
import io.grpc.Server;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GrpcPlacesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int COLD_MAX = 20;
  private static final Place MILANO =
      new Place(Optional.of(new Point(45.4642, 9.19)), "stores/milano");

  private final String name = "places-" + Ids.random();
  private final Channels channels =
      new Channels(
          target -> Channels.IN_PROCESS + name,
          TestTokens.byTheSystemClock().bearer(Role.ROLE_SERVICE, "services/cart"));
  private final GrpcPlaces places = new GrpcPlaces(channels);
  private Server server;

  /** Knows Giulia, who shops in Milan, and Anna, who has not said where. */
  private static final class Identity extends IdentityServiceGrpc.IdentityServiceImplBase {
    private static Customer customer(String name) {
      var customer = Customer.newBuilder().setName(name);
      if (name.equals("customers/giulia")) {
        customer
            .getPlaceBuilder()
            .setTitle("Milano")
            .setStore("stores/milano")
            .setLocation(LatLng.newBuilder().setLatitude(45.4642).setLongitude(9.19));
      }
      return customer.build();
    }

    @Override
    public void getCustomer(GetCustomerRequest request, StreamObserver<Customer> observer) {
      observer.onNext(customer(request.getName()));
      observer.onCompleted();
    }

    @Override
    public void batchGetPlaces(
        BatchGetPlacesRequest request, StreamObserver<BatchGetPlacesResponse> observer) {
      var answer = BatchGetPlacesResponse.newBuilder();
      for (String name : request.getCustomersList()) {
        if (!name.equals("customers/nobody")) {
          var place = CustomerPlace.newBuilder().setCustomer(name);
          var customer = customer(name);
          if (customer.hasPlace()) {
            place.setPlace(customer.getPlace());
          }
          answer.addPlaces(place);
        }
      }
      observer.onNext(answer.build());
      observer.onCompleted();
    }
  }

  @BeforeEach
  void serve() throws IOException {
    server = InProcessServerBuilder.forName(name).addService(new Identity()).build().start();
  }

  @AfterEach
  void end() {
    channels.destroy();
    server.shutdownNow();
  }

  @Test
  void one_isWhereSheSays() {
    // The first call of a process may take longer than a call is given.
    assertThat(places.of("customers/giulia").retry(COLD_MAX).block(PATIENCE)).isEqualTo(MILANO);
    assertThat(places.of("customers/anna").block(PATIENCE)).isEqualTo(Place.UNKNOWN);
  }

  @Test
  void many_areTheSame_withoutWhoIsNotKnown() {
    assertThat(
            places
                .of(List.of("customers/anna", "customers/giulia", "customers/nobody"))
                .block(PATIENCE))
        .isEqualTo(Map.of("customers/giulia", MILANO, "customers/anna", Place.UNKNOWN));
  }
}
