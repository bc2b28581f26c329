package dev.filo.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.FieldMask;
import com.google.type.LatLng;
import dev.filo.proto.api.v1.ErrorReason;
import dev.filo.proto.identity.v1.Customer;
import dev.filo.proto.identity.v1.GetCustomerRequest;
import dev.filo.proto.identity.v1.Place;
import dev.filo.proto.identity.v1.UpdateCustomerRequest;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import org.junit.jupiter.api.Test;

/** What a customer may see and change. */
@StoreTest
class CustomerTest {
  private final RunningIdentity identity;

  CustomerTest(TestMongo.Engine engine) {
    identity = RunningIdentity.on(engine);
  }

  @Test
  void customer_ofSomebodyElse_isNotThere() {
    var guest = identity.guest();
    var other = identity.guest();
    var foreign = get(other.subject());
    assertThatThrownBy(() -> identity.calls(guest.access()).getCustomer(foreign))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_RESOURCE_NOT_FOUND));
    assertThatThrownBy(() -> identity.calls(guest.access()).getCustomer(get("customers/nobody")))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_RESOURCE_NOT_FOUND));
  }

  @Test
  void customer_isShownToAgents() throws Exception {
    var agent = identity.signIn("agent@filo.example", "");
    var guest = identity.guest();
    assertThat(identity.calls(agent.access()).getCustomer(get(guest.subject())).getGuest())
        .isTrue();
    assertThatThrownBy(() -> identity.calls(agent.access()).getCustomer(get("customers/nobody")))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_RESOURCE_NOT_FOUND));
  }

  @Test
  void customer_withoutAToken_isRefused() {
    assertThatThrownBy(() -> identity.calls().getCustomer(get("customers/me")))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_TOKEN_MISSING));
    assertThatThrownBy(() -> identity.calls("nonsense").getCustomer(get("customers/me")))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_TOKEN_INVALID));
  }

  @Test
  void update_changesWhatTheMaskNames() throws Exception {
    var calls = identity.calls(identity.guest().access());
    var place =
        Place.newBuilder()
            .setTitle("Milano")
            .setLocation(LatLng.newBuilder().setLatitude(45.46).setLongitude(9.19))
            .build();
    var first =
        calls.updateCustomer(
            update(
                Customer.newBuilder()
                    .setGivenName("Julia")
                    .setFamilyName("Bianchi")
                    .setPlace(place)
                    .build()));
    assertThat(first.getGivenName()).isEqualTo("Julia");
    assertThat(first.getPlace()).isEqualTo(place);
    var second =
        calls.updateCustomer(
            update(Customer.newBuilder().setGivenName("Giulia").build(), "given_name", "place"));
    assertThat(second.getGivenName()).isEqualTo("Giulia");
    assertThat(second.getFamilyName()).isEqualTo("Bianchi");
    assertThat(second.hasPlace()).isFalse();
    assertThat(calls.getCustomer(get("customers/me"))).isEqualTo(second);
  }

  @Test
  void update_ofAStaleVersion_isRefused() throws Exception {
    var calls = identity.calls(identity.guest().access());
    var etag = calls.getCustomer(get("customers/me")).getEtag();
    var julia = Customer.newBuilder().setGivenName("Julia").setEtag(etag).build();
    calls.updateCustomer(update(julia));
    assertThatThrownBy(() -> calls.updateCustomer(update(julia)))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_ETAG_STALE));
  }

  @Test
  void update_repeated_givesTheFirstAnswer() throws Exception {
    var calls = identity.calls(identity.guest().access());
    var request =
        update(Customer.newBuilder().setGivenName("Julia").build()).toBuilder()
            .setRequestId("r-1")
            .build();
    var first = calls.updateCustomer(request);
    calls.updateCustomer(update(Customer.newBuilder().setGivenName("Giulia").build()));
    assertThat(calls.updateCustomer(request)).isEqualTo(first);
    assertThatThrownBy(
            () ->
                calls.updateCustomer(
                    request.toBuilder()
                        .setCustomer(request.getCustomer().toBuilder().setGivenName("Anna"))
                        .build()))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_REQUEST_ID_REUSED));
  }

  @Test
  void update_ofWhatCannotBeChanged_isRefused() {
    var calls = identity.calls(identity.guest().access());
    assertThatThrownBy(() -> calls.updateCustomer(update(Customer.getDefaultInstance(), "guest")))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_FIELDS_INVALID));
    assertThatThrownBy(
            () -> calls.updateCustomer(update(Customer.newBuilder().setLanguageCode("xx").build())))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_FIELDS_INVALID));
  }

  @Test
  void update_manyAtOnce_losesNone() throws Exception {
    var calls = identity.calls(identity.guest().access());
    var before = Long.parseLong(calls.getCustomer(get("customers/me")).getEtag());
    TokensTest.atOnce(
        8, () -> calls.updateCustomer(update(Customer.newBuilder().setGivenName("J").build())));
    assertThat(Long.parseLong(calls.getCustomer(get("customers/me")).getEtag()))
        .isEqualTo(before + 8);
  }

  private static GetCustomerRequest get(String name) {
    return GetCustomerRequest.newBuilder().setName(name).build();
  }

  private static UpdateCustomerRequest update(Customer customer, String... mask) {
    return UpdateCustomerRequest.newBuilder()
        .setCustomer(customer.toBuilder().setName("customers/me"))
        .setUpdateMask(FieldMask.newBuilder().addAllPaths(java.util.List.of(mask)))
        .build();
  }
}
