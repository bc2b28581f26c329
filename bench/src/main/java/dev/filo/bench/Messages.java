package dev.filo.bench;

import com.mongodb.reactivestreams.client.MongoCollection;
import dev.filo.bench.Shop.Guest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.bson.Document;
import reactor.core.publisher.Mono;

/**
 * What a customer says in her conversation, through the gateway, over HTTP, each with a key by
 * which it is recognised; against a handler of Reactor Netty that inserts one document like that of
 * a message.
 */
final class Messages {
  private static final Duration WAIT = Duration.ofMinutes(2);
  private static final int CUSTOMERS = 1_000;
  private static final String PATH = "/v1/customers/me/conversation/messages";

  private Messages() {}

  static List<Figure> measure(Setting setting) throws InterruptedException {
    try (var shop = new Shop(setting, Set.of("cart", "conversation"))) {
      var guests = shop.guests(Math.min(CUSTOMERS, 16 * setting.clients()));
      say(shop, guests.getFirst(), "first", text(0));
      var messages = shop.database("conversation").getCollection("messages");
      var model = Mono.from(messages.find().first()).blockOptional(WAIT).orElseThrow();
      var copies = shop.database("bare").getCollection("messages");
      try (var bare =
          new Bare(
              shop,
              routes ->
                  routes.post(
                      "/messages/{id}",
                      Bare.writing((id, body) -> insert(copies, model, id, body))))) {
        var both =
            Turns.measure(
                setting,
                (client, number) -> bare.post("/messages/m" + number, text(number)),
                (client, number) ->
                    say(shop, guests.get(number % guests.size()), "m" + number, text(number)));
        return List.of(
            Figure.baseline("bare: insertOne of a message", both.getFirst()),
            Figure.rate("gateway: a message in a conversation", both.getLast(), both.getFirst()));
      }
    }
  }

  private static boolean say(Shop shop, Guest guest, String key, String body) {
    return shop.isDoneOnce(key, PATH, guest.token(), body);
  }

  private static String text(int number) {
    return "{\"text\":\"Is the green velvet sofa in your shop in Milan? I ask for the time %d.\"}"
        .formatted(number);
  }

  private static Mono<String> insert(
      MongoCollection<Document> messages, Document model, String id, String body) {
    var message = new Document(model);
    message.put("_id", id);
    message.put("text", Document.parse(body).getString("text"));
    return Mono.from(messages.insertOne(message)).map(done -> message.toJson());
  }
}
