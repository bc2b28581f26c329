package dev.filo.conversation.grpc;

import com.google.rpc.Code;
import dev.filo.conversation.domain.ChatThread;
import dev.filo.conversation.domain.ChatThread.Said;
import dev.filo.conversation.domain.ChatThread.State;
import dev.filo.conversation.service.ContextReader;
import dev.filo.conversation.service.ConversationProtos;
import dev.filo.conversation.service.Conversations;
import dev.filo.conversation.store.MongoConversationStore;
import dev.filo.platform.auth.Caller;
import dev.filo.platform.grpc.Answers;
import dev.filo.platform.grpc.PageTokens;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.platform.watch.Changes;
import dev.filo.platform.watch.Recent;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.conversation.v1.AssignConversationRequest;
import dev.filo.proto.conversation.v1.Conversation;
import dev.filo.proto.conversation.v1.ConversationContext;
import dev.filo.proto.conversation.v1.ConversationServiceGrpc;
import dev.filo.proto.conversation.v1.ErrorReason;
import dev.filo.proto.conversation.v1.GetConversationContextRequest;
import dev.filo.proto.conversation.v1.GetConversationRequest;
import dev.filo.proto.conversation.v1.ListConversationsRequest;
import dev.filo.proto.conversation.v1.ListConversationsResponse;
import dev.filo.proto.conversation.v1.ListMessagesRequest;
import dev.filo.proto.conversation.v1.ListMessagesResponse;
import dev.filo.proto.conversation.v1.Message;
import dev.filo.proto.conversation.v1.ResolveConversationRequest;
import dev.filo.proto.conversation.v1.SendMessageRequest;
import dev.filo.proto.conversation.v1.WatchConversationRequest;
import dev.filo.proto.conversation.v1.WatchConversationResponse;
import dev.filo.proto.conversation.v1.WatchConversationsRequest;
import dev.filo.proto.conversation.v1.WatchConversationsResponse;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The conversation service over gRPC. */
public final class GrpcConversationService
    extends ConversationServiceGrpc.ConversationServiceImplBase {
  private static final String DOMAIN = "conversation.filo";
  private static final int FIRST_MESSAGES = 50;
  private static final int PAGE = 200;
  private static final int INBOX_MAX = 200;
  private static final Duration HERE = Duration.ofSeconds(10);
  private static final Recent<Conversation> RECENT =
      new Recent<>(
          Conversation::getName,
          Conversation::getEtag,
          conversation -> Times.instant(conversation.getUpdateTime()));

  private final Conversations conversations;
  private final MongoConversationStore store;
  private final ContextReader context;
  private final Changes changes;
  private final InstantSource clock;

  /** Serves the use cases. */
  public GrpcConversationService(
      Conversations conversations,
      MongoConversationStore store,
      ContextReader context,
      Changes changes,
      InstantSource clock) {
    this.conversations = conversations;
    this.store = store;
    this.context = context;
    this.changes = changes;
    this.clock = clock;
  }

  @Override
  public void getConversation(
      GetConversationRequest request, StreamObserver<Conversation> observer) {
    var caller = Caller.current();
    Answers.unary(
        observer,
        conversations
            .ensureMerged(caller)
            .then(Mono.defer(() -> thread(request.getName(), caller)))
            .map(ConversationProtos::conversation));
  }

  @Override
  public void listConversations(
      ListConversationsRequest request, StreamObserver<ListConversationsResponse> observer) {
    var caller = Caller.current();
    int size = PageTokens.size(request.getPageSize(), 50);
    Answers.unary(
        observer,
        Mono.defer(
            () -> {
              var filter = Filter.parse(request.getFilter(), caller);
              int skip = PageTokens.number(request.getPageToken());
              return store
                  .list(filter.state(), filter.assignee(), skip, size + 1)
                  .map(ConversationProtos::conversation)
                  .collectList()
                  .map(
                      rows -> {
                        var page = PageTokens.page(rows, size, skip);
                        return ListConversationsResponse.newBuilder()
                            .addAllConversations(page.rows())
                            .setNextPageToken(page.nextToken())
                            .build();
                      });
            }));
  }

  @Override
  public void listMessages(
      ListMessagesRequest request, StreamObserver<ListMessagesResponse> observer) {
    var caller = Caller.current();
    int size = PageTokens.size(request.getPageSize(), 50);
    Answers.unary(
        observer,
        Mono.defer(
            () -> {
              var id = own(request.getParent(), caller);
              int before = PageTokens.number(request.getPageToken());
              return conversations
                  .ensureMerged(caller)
                  .thenMany(Flux.defer(() -> store.before(id, before, size + 1)))
                  .collectList()
                  .map(
                      rows -> {
                        var page =
                            PageTokens.page(rows, size, last -> Long.toString(last.number()));
                        return ListMessagesResponse.newBuilder()
                            .addAllMessages(
                                page.rows().stream()
                                    .filter(said -> maySee(said, caller))
                                    .map(said -> ConversationProtos.message(id, said))
                                    .toList())
                            .setNextPageToken(page.nextToken())
                            .build();
                      });
            }));
  }

  @Override
  public void sendMessage(SendMessageRequest request, StreamObserver<Message> observer) {
    var caller = Caller.current();
    Answers.unary(
        observer,
        Mono.defer(
            () -> {
              var id = own(request.getParent(), caller);
              return caller.isShopper()
                  ? conversations
                      .ensureMerged(caller)
                      .then(Mono.defer(() -> context.name(caller)))
                      .flatMap(
                          name ->
                              conversations.customerSays(
                                  id, request.getText(), request.getRequestId(), caller, name))
                      .map(said -> ConversationProtos.message(id, said))
                  : known(id)
                      .flatMap(
                          thread ->
                              conversations.agentSays(
                                  id, request.getText(), request.getRequestId(), caller))
                      .map(said -> ConversationProtos.message(id, said));
            }));
  }

  @Override
  public void watchConversation(
      WatchConversationRequest request, StreamObserver<WatchConversationResponse> observer) {
    var caller = Caller.current();
    Answers.stream(
        observer,
        conversations
            .ensureMerged(caller)
            .thenMany(
                Flux.defer(
                    () ->
                        watch(own(request.getName(), caller), request.getResumeCursor(), caller))));
  }

  /** Notes are for staff. */
  private static boolean maySee(Said said, Caller caller) {
    return !(said.isNote() && caller.isShopper());
  }

  private Flux<WatchConversationResponse> watch(String id, String resume, Caller caller) {
    var seen = new Seen(id, resume);
    return changes.of(Conversations.key(id)).concatMap(tick -> news(id, seen, caller), 1);
  }

  private Flux<WatchConversationResponse> news(String id, Seen seen, Caller caller) {
    return store
        .thread(id)
        .flatMapMany(
            thread -> {
              if (seen.number < 0) {
                seen.number = Math.max(0, thread.messageCount() - FIRST_MESSAGES);
              }
              Flux<WatchConversationResponse> state =
                  seen.version == thread.version()
                      ? Flux.empty()
                      : Flux.defer(
                          () -> {
                            seen.version = thread.version();
                            return Flux.just(
                                WatchConversationResponse.newBuilder()
                                    .setCursor(seen.cursor())
                                    .setConversation(ConversationProtos.conversation(thread))
                                    .build());
                          });
              return Flux.concat(state, messages(id, seen, thread.messageCount(), caller));
            });
  }

  private Flux<WatchConversationResponse> messages(
      String id, Seen seen, long through, Caller caller) {
    if (seen.number >= through) {
      return Flux.empty();
    }
    long from = seen.number;
    return store
        .between(id, from, through, PAGE)
        .doOnNext(said -> seen.number = said.number())
        .filter(said -> maySee(said, caller))
        .map(
            said ->
                WatchConversationResponse.newBuilder()
                    .setCursor(seen.cursor())
                    .setMessage(ConversationProtos.message(id, said))
                    .build())
        .concatWith(
            Flux.defer(
                () -> seen.number > from ? messages(id, seen, through, caller) : Flux.empty()));
  }

  /**
   * How far a watcher has come in a thread: the last message's number and the thread's version. A
   * cursor of another thread, whose numbers mean nothing here, begins anew: by a merge, or by the
   * end of one, the thread that is hers becomes another one while she watches.
   */
  private static final class Seen {
    private final String thread;
    private long number = -1;
    private long version = -1;

    Seen(String thread, String cursor) {
      this.thread = thread;
      var parts = cursor.split("\\.", -1);
      boolean here = parts.length == 3 && parts[2].equals(thread);
      if (here || parts.length == 2) { // cursors named no thread once
        try {
          number = Long.parseLong(parts[0]);
          version = Long.parseLong(parts[1]);
        } catch (NumberFormatException e) {
          number = -1;
          version = -1;
        }
      }
    }

    String cursor() {
      return number + "." + version + "." + thread;
    }
  }

  @Override
  public void watchConversations(
      WatchConversationsRequest request, StreamObserver<WatchConversationsResponse> observer) {
    var caller = Caller.current();
    var presence =
        caller.is(Role.ROLE_AGENT)
            ? Flux.interval(Duration.ZERO, HERE)
                .onBackpressureDrop()
                .concatMap(
                    tick -> conversations.present(caller).onErrorResume(e -> Mono.empty()), 1)
                .thenMany(Flux.<WatchConversationsResponse>never())
            : Flux.<WatchConversationsResponse>never();
    Answers.stream(observer, Flux.merge(inbox(request.getResumeCursor()), presence));
  }

  private Flux<WatchConversationsResponse> inbox(String resume) {
    return RECENT
        .watch(
            changes.of(Conversations.INBOX),
            () -> conversations.open(INBOX_MAX).map(ConversationProtos::conversation),
            since -> changedSince(since).map(ConversationProtos::conversation),
            resume,
            clock)
        .map(
            seen ->
                WatchConversationsResponse.newBuilder()
                    .setCursor(seen.cursor())
                    .setConversation(seen.state())
                    .build());
  }

  private Flux<ChatThread> changedSince(Instant since) {
    return store
        .changedSince(since, INBOX_MAX)
        .collectList()
        .flatMapMany(
            page -> {
              var last = page.isEmpty() ? null : page.getLast().updateTime();
              return page.size() < INBOX_MAX || last == null || !last.isAfter(since)
                  ? Flux.fromIterable(page)
                  : Flux.concat(Flux.fromIterable(page), Flux.defer(() -> changedSince(last)));
            });
  }

  @Override
  public void assignConversation(
      AssignConversationRequest request, StreamObserver<Conversation> observer) {
    var caller = Caller.current();
    Answers.unary(
        observer,
        Mono.defer(
            () -> {
              var to = request.getAssignee().isEmpty() ? caller.principal() : request.getAssignee();
              if (!to.startsWith("staff/")) {
                throw Statuses.refusal(
                    Code.INVALID_ARGUMENT,
                    DOMAIN,
                    ErrorReason.ERROR_REASON_ASSIGNEE_INVALID,
                    "Only staff can answer a thread.",
                    Map.of("assignee", to));
              }
              var displayName = to.equals(caller.principal()) ? caller.displayName() : "";
              var id = own(request.getName(), caller);
              return known(id)
                  .flatMap(thread -> conversations.assign(id, to, displayName, caller.actor()))
                  .map(ConversationProtos::conversation);
            }));
  }

  @Override
  public void resolveConversation(
      ResolveConversationRequest request, StreamObserver<Conversation> observer) {
    var caller = Caller.current();
    Answers.unary(
        observer,
        Mono.defer(
            () -> {
              var id = own(request.getName(), caller);
              return known(id)
                  .flatMap(thread -> conversations.resolve(id, caller.actor()))
                  .map(ConversationProtos::conversation);
            }));
  }

  @Override
  public void getConversationContext(
      GetConversationContextRequest request, StreamObserver<ConversationContext> observer) {
    var caller = Caller.current();
    var language = Caller.language();
    Answers.unary(
        observer,
        Mono.defer(
            () -> {
              var id = own(request.getName(), caller);
              return known(id).flatMap(thread -> context.read("customers/" + id, caller, language));
            }));
  }

  private Mono<ChatThread> thread(String name, Caller caller) {
    var id = own(name, caller);
    return name.startsWith("conversations/") && !caller.isShopper() ? known(id) : store.thread(id);
  }

  /** A thread in which something was said; NOT_FOUND otherwise. */
  private Mono<ChatThread> known(String id) {
    return store
        .find(id)
        .map(MongoConversationStore::read)
        .switchIfEmpty(Mono.error(() -> notFound("conversations/" + id)));
  }

  /** The id of a thread by either of its names; for shoppers only their own. */
  private static String own(String name, Caller caller) {
    var parts = name.split("/", -1);
    var id = parts[1];
    if (caller.isShopper() && !caller.principal().equals("customers/" + id)) {
      throw notFound(name);
    }
    return id;
  }

  private static StatusRuntimeException notFound(String name) {
    return Statuses.refusal(
        Code.NOT_FOUND,
        DOMAIN,
        ErrorReason.ERROR_REASON_CONVERSATION_NOT_FOUND,
        "There is no such thread.",
        Map.of("conversation", name));
  }

  /** What a list is narrowed to; null: not narrowed. */
  private record Filter(@Nullable State state, @Nullable String assignee) {
    static Filter parse(String text, Caller caller) {
      State state = text.isBlank() ? State.OPEN : null;
      String assignee = null;
      for (String term : text.isBlank() ? new String[0] : text.trim().split(" AND ", -1)) {
        var sides = term.split("=", 2);
        var key = sides[0].trim();
        var value = sides.length == 2 ? sides[1].trim().replace("\"", "") : "";
        switch (key) {
          case "state" -> {
            try {
              state = State.valueOf(value);
              if (state == State.NEW) {
                throw invalid(term);
              }
            } catch (IllegalArgumentException e) {
              throw invalid(term);
            }
          }
          case "assignee" ->
              assignee =
                  switch (value) {
                    case "me" -> caller.principal();
                    case "none" -> "";
                    default -> {
                      if (!value.startsWith("staff/")) {
                        throw invalid(term);
                      }
                      yield value;
                    }
                  };
          default -> throw invalid(term);
        }
      }
      return new Filter(state, assignee);
    }

    private static StatusRuntimeException invalid(String term) {
      return Statuses.refusal(
          Code.INVALID_ARGUMENT,
          DOMAIN,
          ErrorReason.ERROR_REASON_FILTER_INVALID,
          "The filter has a term that is not known.",
          Map.of("term", term));
    }
  }
}
