package dev.filo.cart.store;

import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.gt;
import static com.mongodb.client.model.Filters.in;
import static com.mongodb.client.model.Updates.set;

import com.mongodb.client.model.FindOneAndUpdateOptions;
import com.mongodb.client.model.ReturnDocument;
import com.mongodb.client.model.Sorts;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.cart.domain.Money;
import dev.filo.cart.domain.Voucher;
import dev.filo.cart.service.VoucherStore;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Vouchers in MongoDB: one document each, {@code _id} its code. */
public final class MongoVoucherStore implements VoucherStore {
  private final MongoCollection<Document> vouchers;

  /** Vouchers in a database. */
  public MongoVoucherStore(MongoDatabase database) {
    this.vouchers = database.getCollection("vouchers");
  }

  @Override
  public Mono<Boolean> create(Voucher voucher) {
    var document =
        new Document("_id", voucher.code())
            .append("title", voucher.title())
            .append("titleEn", voucher.titleEn())
            .append("percent", voucher.percent())
            .append("withdrawn", false);
    put(document, "amount", voucher.amount());
    put(document, "minimum", voucher.minimum());
    put(document, "start", voucher.start());
    put(document, "end", voucher.end());
    return Mono.from(vouchers.insertOne(document))
        .map(made -> true)
        .onErrorResume(Mongo::isDuplicate, error -> Mono.just(false));
  }

  private static void put(Document document, String field, @Nullable Money money) {
    if (money != null) {
      document.append(field, CartDocuments.money(money));
    }
  }

  private static void put(Document document, String field, @Nullable Instant time) {
    if (time != null) {
      document.append(field, Date.from(time));
    }
  }

  @Override
  public Flux<Voucher> find(Set<String> codes) {
    return Flux.from(vouchers.find(in("_id", codes))).map(MongoVoucherStore::voucher);
  }

  @Override
  public Flux<Voucher> list(String after, int limit) {
    return Flux.from(vouchers.find(gt("_id", after)).sort(Sorts.ascending("_id")).limit(limit))
        .map(MongoVoucherStore::voucher);
  }

  @Override
  public Mono<Voucher> withdraw(String code) {
    return Mono.from(
            vouchers.findOneAndUpdate(
                eq("_id", code),
                set("withdrawn", true),
                new FindOneAndUpdateOptions().returnDocument(ReturnDocument.AFTER)))
        .map(MongoVoucherStore::voucher);
  }

  private static Voucher voucher(Document document) {
    return new Voucher(
        document.getString("_id"),
        Docs.string(document, "title"),
        Docs.string(document, "titleEn"),
        (int) Docs.number(document, "percent"),
        money(document, "amount"),
        money(document, "minimum"),
        Docs.instant(document, "start"),
        Docs.instant(document, "end"),
        document.getBoolean("withdrawn", false));
  }

  private static @Nullable Money money(Document document, String field) {
    var money = document.get(field, Document.class);
    return money == null ? null : CartDocuments.money(money);
  }
}
