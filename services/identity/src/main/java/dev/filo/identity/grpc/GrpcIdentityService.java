package dev.filo.identity.grpc;

import dev.filo.identity.domain.ContactAddress;
import dev.filo.identity.domain.Customer;
import dev.filo.identity.domain.Evidence;
import dev.filo.identity.domain.Graph;
import dev.filo.identity.domain.IdentifierKey;
import dev.filo.identity.domain.Refusal;
import dev.filo.identity.service.Customers;
import dev.filo.identity.service.MergeCases;
import dev.filo.identity.service.PhoneNumbers;
import dev.filo.identity.service.Recognition;
import dev.filo.identity.service.RefusedException;
import dev.filo.identity.service.Sessions;
import dev.filo.identity.service.SignIns;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.auth.JwksSource;
import dev.filo.platform.code.Ids;
import dev.filo.platform.code.QrSvg;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.PageTokens;
import dev.filo.platform.grpc.Times;
import dev.filo.platform.mongo.Requests;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.identity.v1.BatchGetPlacesRequest;
import dev.filo.proto.identity.v1.BatchGetPlacesResponse;
import dev.filo.proto.identity.v1.Consents;
import dev.filo.proto.identity.v1.CreateHandoffRequest;
import dev.filo.proto.identity.v1.CreateSignInRequest;
import dev.filo.proto.identity.v1.DecideMergeCaseRequest;
import dev.filo.proto.identity.v1.GetConsentsRequest;
import dev.filo.proto.identity.v1.GetCustomerRequest;
import dev.filo.proto.identity.v1.GetMergeCaseRequest;
import dev.filo.proto.identity.v1.Handoff;
import dev.filo.proto.identity.v1.IdentityServiceGrpc;
import dev.filo.proto.identity.v1.ListMergeCasesRequest;
import dev.filo.proto.identity.v1.ListMergeCasesResponse;
import dev.filo.proto.identity.v1.ListSigningKeysRequest;
import dev.filo.proto.identity.v1.ListSigningKeysResponse;
import dev.filo.proto.identity.v1.ResolveCustomerRequest;
import dev.filo.proto.identity.v1.SignIn;
import dev.filo.proto.identity.v1.UnmergeCustomerRequest;
import dev.filo.proto.identity.v1.UpdateConsentRequest;
import dev.filo.proto.identity.v1.UpdateCustomerRequest;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import reactor.core.publisher.Mono;

/** Identity's calls. */
public final class GrpcIdentityService extends IdentityServiceGrpc.IdentityServiceImplBase {
  private static final int PAGE = 20;

  private final Customers customers;
  private final Recognition recognition;
  private final MergeCases cases;
  private final Graph.Policy policy;
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
      Recognition recognition,
      MergeCases cases,
      SignIns signIns,
      Sessions sessions,
      JwksSource keys,
      String publicUrl,
      InstantSource clock) {
    this.customers = customers;
    this.recognition = recognition;
    this.cases = cases;
    this.policy = recognition.policy();
    this.signIns = signIns;
    this.sessions = sessions;
    this.keys = keys;
    this.publicUrl = publicUrl;
    this.clock = clock;
  }

  @Override
  public void getCustomer(
      GetCustomerRequest request, StreamObserver<dev.filo.proto.identity.v1.Customer> observer) {
    boolean shopper = Caller.current().isShopper();
    answer(
        observer,
        customers
            .person(request.getName())
            .map(
                person ->
                    shopper
                        ? CustomerProtos.message(person, policy)
                        : CustomerProtos.full(person, policy)));
  }

  @Override
  public void batchGetPlaces(
      BatchGetPlacesRequest request, StreamObserver<BatchGetPlacesResponse> observer) {
    answer(
        observer,
        customers
            .together(request.getCustomersList())
            .map(
                found -> {
                  var places = BatchGetPlacesResponse.newBuilder();
                  found.forEach(
                      (name, customer) -> places.addPlaces(CustomerProtos.place(name, customer)));
                  return places.build();
                }));
  }

  @Override
  public void updateCustomer(
      UpdateCustomerRequest request, StreamObserver<dev.filo.proto.identity.v1.Customer> observer) {
    var wanted = request.getCustomer();
    var caller = Caller.current();
    boolean shopper = caller.isShopper();
    answer(
        observer,
        customers.update(
            wanted.getName(),
            wanted.getEtag(),
            profile -> CustomerProtos.change(profile, wanted, request.getUpdateMask()),
            request.getRequestId(),
            request,
            dev.filo.proto.identity.v1.Customer.parser(),
            person ->
                shopper
                    ? CustomerProtos.message(person, policy)
                    : CustomerProtos.full(person, policy),
            caller.actor()));
  }

  @Override
  public void resolveCustomer(
      ResolveCustomerRequest request,
      StreamObserver<dev.filo.proto.identity.v1.Customer> observer) {
    var caller = Caller.current();
    answer(
        observer,
        Mono.fromCallable(() -> facts(request, caller))
            .flatMap(
                facts ->
                    request.getRequestId().isEmpty()
                        ? recognition.resolve(facts, name -> caller.actor())
                        : recognition.resolveOnce(
                            facts,
                            Ids.derived("resolve", caller.principal(), request.getRequestId()),
                            HexFormat.of().formatHex(Requests.hash(request)),
                            name -> caller.actor()))
            .flatMap(customers::person)
            .map(
                person ->
                    caller.is(Role.ROLE_DEVICE)
                        ? dev.filo.proto.identity.v1.Customer.newBuilder()
                            .setName(person.customer().name())
                            .setGuest(person.customer().guest())
                            .build()
                        : CustomerProtos.full(person, policy)));
  }

  private static List<Recognition.Fact> facts(ResolveCustomerRequest request, Caller caller) {
    var facts = new ArrayList<Recognition.Fact>();
    for (int i = 0; i < request.getIdentifiersCount(); i++) {
      var told = request.getIdentifiers(i);
      var type = CustomerProtos.type(told.getType());
      int index = i;
      facts.add(
          new Recognition.Fact(
              IdentifierKey.read(type, told.getValue())
                  .orElseThrow(() -> new RefusedException(new Refusal.IdentifierInvalid(index))),
              told.getVerified() ? evidence(type, caller) : Evidence.CLAIMED));
    }
    return facts;
  }

  /**
   * What a caller's word is worth. A till has seen a card; that a number is hers it cannot know.
   */
  private static Evidence evidence(IdentifierKey.Type type, Caller caller) {
    if (caller.is(Role.ROLE_SERVICE)) {
      return Evidence.PROVIDER;
    }
    if (caller.is(Role.ROLE_AGENT)) {
      return Evidence.STAFF;
    }
    return type == IdentifierKey.Type.LOYALTY_CARD || type == IdentifierKey.Type.TILL_CARD
        ? Evidence.PROVIDER
        : Evidence.CLAIMED;
  }

  @Override
  public void unmergeCustomer(
      UnmergeCustomerRequest request,
      StreamObserver<dev.filo.proto.identity.v1.Customer> observer) {
    answer(
        observer,
        customers.unmerge(
            request.getName(),
            request.getRequestId(),
            request,
            dev.filo.proto.identity.v1.Customer.parser(),
            person -> CustomerProtos.full(person, policy),
            Caller.current().actor()));
  }

  @Override
  public void listMergeCases(
      ListMergeCasesRequest request, StreamObserver<ListMergeCasesResponse> observer) {
    int size = PageTokens.size(request.getPageSize(), PAGE);
    var state =
        request.getState() == dev.filo.proto.identity.v1.MergeCase.State.STATE_UNSPECIFIED
            ? null
            : MergeCaseProtos.state(request.getState());
    answer(
        observer,
        Mono.fromCallable(() -> PageTokens.position(request.getPageToken()))
            .flatMap(after -> cases.list(state, after, size + 1))
            .map(
                found -> {
                  var page = found.subList(0, Math.min(size, found.size()));
                  var response = ListMergeCasesResponse.newBuilder();
                  page.forEach(one -> response.addMergeCases(MergeCaseProtos.message(one)));
                  return response
                      .setNextPageToken(
                          found.size() > size ? PageTokens.token(page.getLast().id()) : "")
                      .build();
                }));
  }

  @Override
  public void getMergeCase(
      GetMergeCaseRequest request, StreamObserver<dev.filo.proto.identity.v1.MergeCase> observer) {
    answer(
        observer, cases.get(request.getName()).map(view -> MergeCaseProtos.message(view, policy)));
  }

  @Override
  public void decideMergeCase(
      DecideMergeCaseRequest request,
      StreamObserver<dev.filo.proto.identity.v1.MergeCase> observer) {
    answer(
        observer,
        cases.decide(
            request.getName(),
            request.getDecision() == DecideMergeCaseRequest.Decision.DECISION_MERGE,
            request.getEtag(),
            request.getRequestId(),
            request,
            dev.filo.proto.identity.v1.MergeCase.parser(),
            MergeCaseProtos::message,
            Caller.current().actor()));
  }

  @Override
  public void getConsents(GetConsentsRequest request, StreamObserver<Consents> observer) {
    answer(
        observer,
        customers
            .person(ConsentProtos.customer(request.getName()))
            .map(person -> ConsentProtos.message(person.customer())));
  }

  @Override
  public void updateConsent(UpdateConsentRequest request, StreamObserver<Consents> observer) {
    var actor = Caller.current().actor();
    answer(
        observer,
        customers.consent(
            ConsentProtos.customer(request.getName()),
            ConsentProtos.consent(
                request.getConsent(), customers.now(), actor.getPrincipal(), actor.getChannel()),
            request.getRequestId(),
            request,
            Consents.parser(),
            person -> ConsentProtos.message(person.customer()),
            actor));
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
