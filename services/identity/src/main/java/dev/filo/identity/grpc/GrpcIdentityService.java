package dev.filo.identity.grpc;

import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Refusal;
import dev.filo.identity.service.Customers;
import dev.filo.identity.service.PhoneNumbers;
import dev.filo.identity.service.RefusedException;
import dev.filo.identity.service.Sessions;
import dev.filo.identity.service.SignIns;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.auth.JwksSource;
import dev.filo.platform.code.QrSvg;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.identity.v1.CreateHandoffRequest;
import dev.filo.proto.identity.v1.CreateSignInRequest;
import dev.filo.proto.identity.v1.GetCustomerRequest;
import dev.filo.proto.identity.v1.Handoff;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import dev.filo.proto.identity.v1.ListSigningKeysRequest;
import dev.filo.proto.identity.v1.ListSigningKeysResponse;
import dev.filo.proto.identity.v1.SignIn;
import dev.filo.proto.identity.v1.UpdateCustomerRequest;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import reactor.core.publisher.Mono;

/** Identity's calls. */
public final class GrpcIdentityService extends IdentityServiceGrpc.IdentityServiceImplBase {
  private final Customers customers;
  private final SignIns signIns;
  private final Sessions sessions;
  private final JwksSource keys;
  private final String publicUrl;
  private final InstantSource clock;

  /**
   * Answers calls.
   *
   * @param publicUrl where the shop is, without a slash at the end
   */
  public GrpcIdentityService(
      Customers customers,
      SignIns signIns,
      Sessions sessions,
      JwksSource keys,
      String publicUrl,
      InstantSource clock) {
    this.customers = customers;
    this.signIns = signIns;
    this.sessions = sessions;
    this.keys = keys;
    this.publicUrl = publicUrl;
    this.clock = clock;
  }

  @Override
  public void getCustomer(
      GetCustomerRequest request, StreamObserver<dev.filo.proto.identity.v1.Customer> observer) {
    answer(observer, customers.get(request.getName()).map(CustomerProtos::message));
  }

  @Override
  public void updateCustomer(
      UpdateCustomerRequest request, StreamObserver<dev.filo.proto.identity.v1.Customer> observer) {
    var wanted = request.getCustomer();
    answer(
        observer,
        customers.update(
            wanted.getName(),
            wanted.getEtag(),
            profile -> CustomerProtos.change(profile, wanted, request.getUpdateMask()),
            request.getRequestId(),
            request,
            dev.filo.proto.identity.v1.Customer.parser(),
            CustomerProtos::message));
  }

  @Override
  public void createSignIn(CreateSignInRequest request, StreamObserver<SignIn> observer) {
    var caller = Caller.current();
    var asker =
        new SignIns.Asker(
            caller.principal(),
            caller.is(Role.ROLE_GUEST) ? Customer.id(caller.principal()) : "",
            Caller.address(),
            Caller.language(),
            request.getRequestId());
    answer(
        observer,
        address(request)
            .flatMap(address -> signIns.start(address, asker))
            .map(
                signIn ->
                    SignIn.newBuilder()
                        .setName("signIns/" + signIn.id())
                        .setExpireTime(Times.timestamp(signIn.expireTime()))
                        .build()));
  }

  private static Mono<ContactAddress> address(CreateSignInRequest request) {
    if (request.getAddressCase() == CreateSignInRequest.AddressCase.EMAIL) {
      return Mono.just(ContactAddress.email(request.getEmail()));
    }
    return PhoneNumbers.read(request.getPhone())
        .map(Mono::just)
        .orElseGet(() -> Mono.error(new RefusedException(new Refusal.PhoneInvalid())));
  }

  @Override
  public void createHandoff(CreateHandoffRequest request, StreamObserver<Handoff> observer) {
    var caller = Caller.current();
    answer(
        observer,
        sessions
            .handOff(
                caller.principal(), caller.session(), request.getConfirm(), request.getRequestId())
            .map(
                made -> {
                  var uri = publicUrl + "/handoff/" + made.code();
                  return GrpcSessionService.message(made.handoff(), clock.instant())
                      .setCode(made.code())
                      .setUri(uri)
                      .setQrSvg(QrSvg.of(uri))
                      .build();
                }));
  }

  @Override
  public void listSigningKeys(
      ListSigningKeysRequest request, StreamObserver<ListSigningKeysResponse> observer) {
    answer(
        observer,
        keys.jwks().map(json -> ListSigningKeysResponse.newBuilder().setJwksJson(json).build()));
  }

  private static <T> void answer(StreamObserver<T> observer, Mono<T> answer) {
    Answers.unary(observer, answer.onErrorMap(Refusals::toStatus));
  }
}
