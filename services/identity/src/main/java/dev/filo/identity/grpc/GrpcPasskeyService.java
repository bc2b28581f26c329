package dev.filo.identity.grpc;

import dev.filo.identity.service.Passkeys;
import dev.filo.identity.service.SessionStore;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.PageTokens;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.identity.v1.CreatePasskeyRequest;
import dev.filo.proto.identity.v1.DeletePasskeyRequest;
import dev.filo.proto.identity.v1.DeletePasskeyResponse;
import dev.filo.proto.identity.v1.ListPasskeysRequest;
import dev.filo.proto.identity.v1.ListPasskeysResponse;
import dev.filo.proto.identity.v1.Passkey;
import dev.filo.proto.identity.v1.PasskeyRegistration;
import dev.filo.proto.identity.v1.PasskeyServiceGrpc;
import dev.filo.proto.identity.v1.PasskeySignIn;
import dev.filo.proto.identity.v1.StartPasskeyRegistrationRequest;
import dev.filo.proto.identity.v1.StartPasskeySignInRequest;
import io.grpc.stub.StreamObserver;
import java.util.List;
import reactor.core.publisher.Mono;

/** A customer's passkeys, and the beginning of a sign-in by one. */
public final class GrpcPasskeyService extends PasskeyServiceGrpc.PasskeyServiceImplBase {
  private static final int PAGE = 50;

  private final Passkeys passkeys;

  /** Answers calls. */
  public GrpcPasskeyService(Passkeys passkeys) {
    this.passkeys = passkeys;
  }

  @Override
  public void startPasskeyRegistration(
      StartPasskeyRegistrationRequest request, StreamObserver<PasskeyRegistration> observer) {
    answer(
        observer,
        passkeys
            .startRegistration(request.getParent(), Caller.current().session())
            .map(
                started ->
                    PasskeyRegistration.newBuilder()
                        .setRegistration(started.id())
                        .setOptionsJson(started.optionsJson())
                        .setExpireTime(Times.timestamp(started.expireTime()))
                        .build()));
  }

  @Override
  public void createPasskey(CreatePasskeyRequest request, StreamObserver<Passkey> observer) {
    answer(
        observer,
        passkeys
            .register(
                request.getParent(),
                Caller.current().session(),
                request.getRegistration(),
                request.getDisplayName(),
                request.getCredentialJson(),
                Caller.language())
            .map(passkey -> message(request.getParent(), passkey)));
  }

  @Override
  public void listPasskeys(
      ListPasskeysRequest request, StreamObserver<ListPasskeysResponse> observer) {
    int size = PageTokens.size(request.getPageSize(), PAGE);
    answer(
        observer,
        Mono.fromCallable(() -> GrpcSessionService.place(request.getPageToken()))
            .flatMapMany(after -> passkeys.list(request.getParent(), after, size + 1))
            .collectList()
            .map(found -> page(request.getParent(), found, size)));
  }

  private static ListPasskeysResponse page(
      String parent, List<dev.filo.identity.domain.Passkey> found, int size) {
    var shown = found.size() > size ? found.subList(0, size) : found;
    var page = ListPasskeysResponse.newBuilder();
    shown.forEach(passkey -> page.addPasskeys(message(parent, passkey)));
    if (found.size() > size) {
      var last = shown.getLast();
      page.setNextPageToken(
          GrpcSessionService.token(new SessionStore.Place(last.createTime(), last.id())));
    }
    return page.build();
  }

  @Override
  public void deletePasskey(
      DeletePasskeyRequest request, StreamObserver<DeletePasskeyResponse> observer) {
    var name = request.getName();
    int slash = name.indexOf("/passkeys/");
    answer(
        observer,
        passkeys
            .remove(name.substring(0, slash), name.substring(slash + "/passkeys/".length()))
            .thenReturn(DeletePasskeyResponse.getDefaultInstance()));
  }

  @Override
  public void startPasskeySignIn(
      StartPasskeySignInRequest request, StreamObserver<PasskeySignIn> observer) {
    answer(
        observer,
        passkeys
            .startSignIn(Caller.current().session(), Caller.address())
            .map(
                started ->
                    PasskeySignIn.newBuilder()
                        .setName(started.id())
                        .setOptionsJson(started.optionsJson())
                        .setExpireTime(Times.timestamp(started.expireTime()))
                        .build()));
  }

  private static Passkey message(String parent, dev.filo.identity.domain.Passkey passkey) {
    var message =
        Passkey.newBuilder()
            .setName(parent + "/passkeys/" + passkey.id())
            .setDisplayName(passkey.title())
            .setCreateTime(Times.timestamp(passkey.createTime()))
            .setSynced(passkey.backupEligible());
    if (passkey.useTime() != null) {
      message.setUseTime(Times.timestamp(passkey.useTime()));
    }
    return message.build();
  }

  private static <T> void answer(StreamObserver<T> observer, Mono<T> answer) {
    Answers.unary(observer, answer.onErrorMap(Refusals::toStatus));
  }
}
