package dev.filo.cart.store;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Updates.set;

import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.client.model.Sorts;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.cart.service.Link;
import dev.filo.cart.service.LinkStore;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import org.bson.Document;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Links in MongoDB: one document each, {@code _id} its secret. */
public final class MongoLinkStore implements LinkStore {
  private final MongoCollection<Document> links;

  /** Links in a database. */
  public MongoLinkStore(MongoDatabase database) {
    this.links = database.getCollection("links");
  }

  /** Makes the indexes; to be called when the service starts. */
  public void prepare() {
    Mongo.index(links, Indexes.ascending("owner"));
    Mongo.index(links, Indexes.ascending("maker"));
    Mongo.index(links, Indexes.ascending("expireTime"));
    Mongo.index(links, Indexes.ascending("request"), new IndexOptions().unique(true).sparse(true));
  }

  @Override
  public Mono<Link> create(Link link, String request) {
    var document =
        new Document("_id", link.id())
            .append("maker", link.maker())
            .append("owner", link.owner())
            .append("abandoned", link.abandoned())
            .append("request", request)
            .append(
                "items",
                link.items().stream()
                    .map(
                        item ->
                            new Document("quantity", item.quantity())
                                .append("goods", CartDocuments.goods(item.goods())))
                    .toList())
            .append("createTime", Date.from(link.createTime()))
            .append("expireTime", Date.from(link.expireTime()))
            .append("revoked", false);
    return Mono.from(links.insertOne(document))
        .thenReturn(link)
        .onErrorResume(
            Mongo::isDuplicate,
            error -> Mono.from(links.find(eq("request", request)).first()).map(this::link));
  }

  @Override
  public Mono<Link> find(String id) {
    return Mono.from(links.find(eq("_id", id)).first()).map(this::link);
  }

  @Override
  public Flux<Link> list(String owner, Instant now, int limit) {
    return Flux.from(
            links
                .find(
                    and(
                        eq("owner", owner),
                        eq("abandoned", false),
                        eq("revoked", false),
                        gt("expireTime", Date.from(now))))
                .sort(Sorts.descending("createTime"))
                .limit(limit))
        .map(this::link);
  }

  @Override
  public Mono<Boolean> revoke(String owner, String id) {
    return Mono.from(links.updateOne(and(eq("_id", id), eq("owner", owner)), set("revoked", true)))
        .map(result -> result.getMatchedCount() == 1);
  }

  @Override
  public Mono<Void> inherit(String from, String to) {
    return Mono.from(links.updateMany(eq("owner", from), set("owner", to))).then();
  }

  @Override
  public Mono<Void> own(Set<String> makers, String owner) {
    return Mono.from(links.updateMany(in("maker", makers), set("owner", owner))).then();
  }

  @Override
  public Mono<Void> purge(Instant endedBefore) {
    return Mono.from(links.deleteMany(lt("expireTime", Date.from(endedBefore)))).then();
  }

  private Link link(Document document) {
    return new Link(
        document.getString("_id"),
        document.getString("maker"),
        document.getString("owner"),
        document.getBoolean("abandoned", false),
        Docs.list(document, "items").stream()
            .map(
                item ->
                    new Link.Item(
                        (int) Docs.number(item, "quantity"),
                        CartDocuments.goods(item.get("goods", Document.class))))
            .toList(),
        document.getDate("createTime").toInstant(),
        document.getDate("expireTime").toInstant(),
        document.getBoolean("revoked", false));
  }
}
