package dev.filo.cart.order.store;

import dev.filo.cart.domain.Fulfilment;
import dev.filo.cart.order.domain.Address;
import dev.filo.cart.order.domain.Charge;
import dev.filo.cart.order.domain.Order;
import dev.filo.cart.order.domain.Parcel;
import dev.filo.cart.order.domain.Payment;
import dev.filo.cart.order.domain.Refund;
import dev.filo.platform.mongo.Docs;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** Orders as documents. */
final class OrderDocuments {
  static final String CUSTOMER = "customer";
  static final String ORIGINAL = "original";
  static final String VERSION = "version";
  static final String STATE = "state";
  static final String LISTED = "listed";
  static final String CREATED = "createTime";
  static final String UPDATED = "updateTime";
  static final String RESERVATIONS = "parcels.reservation";
  static final String METHOD = "payment.method";

  private static final String SKU = "sku";
  private static final String QUANTITY = "quantity";
  private static final String STORE = "store";
  private static final String KIND = "kind";
  private static final String CENTS = "cents";

  private OrderDocuments() {}

  /** Every field but the id; absent ones are null. */
  static Map<String, @Nullable Object> fields(Order order) {
    var fields = new LinkedHashMap<String, @Nullable Object>();
    var contents = order.contents();
    fields.put(CUSTOMER, order.customer());
    fields.put(ORIGINAL, order.original());
    fields.put(VERSION, order.version());
    fields.put(STATE, order.state().name());
    fields.put("cause", order.cause() == null ? null : order.cause().name());
    fields.put(LISTED, order.isListed());
    fields.put("lines", contents.lines().stream().map(OrderDocuments::line).toList());
    fields.put("currency", contents.currency());
    fields.put("voucher", contents.voucher());
    fields.put("address", contents.address() == null ? null : address(contents.address()));
    fields.put("requestHash", contents.requestHash());
    fields.put("channel", contents.channel());
    fields.put("parcels", order.parcels().stream().map(OrderDocuments::parcel).toList());
    fields.put("payment", payment(order.payment()));
    fields.put("emptied", order.emptied());
    fields.put("missing", order.missing().isEmpty() ? null : missing(order.missing()));
    fields.put("refusedAt", order.refusedAt().isEmpty() ? null : order.refusedAt());
    fields.put("keptUntil", date(order.keptUntil()));
    fields.put(CREATED, date(order.createTime()));
    fields.put(UPDATED, date(order.updateTime()));
    return fields;
  }

  static Order order(Document document) {
    var cause = document.getString("cause");
    var address = document.get("address", Document.class);
    return new Order(
        document.getString("_id"),
        document.getString(CUSTOMER),
        document.getString(ORIGINAL),
        Docs.number(document, VERSION),
        Order.State.valueOf(document.getString(STATE)),
        cause == null ? null : Order.Cause.valueOf(cause),
        new Order.Contents(
            Docs.list(document, "lines").stream().map(OrderDocuments::line).toList(),
            document.getString("currency"),
            Docs.string(document, "voucher"),
            address == null ? null : address(address),
            Docs.string(document, "requestHash"),
            Docs.string(document, "channel")),
        Docs.list(document, "parcels").stream().map(OrderDocuments::parcel).toList(),
        payment(document.get("payment", Document.class)),
        document.getBoolean("emptied", false),
        missing(document),
        Docs.string(document, "refusedAt"),
        Docs.instant(document, "keptUntil"),
        time(document, CREATED),
        time(document, UPDATED));
  }

  private static Instant time(Document document, String field) {
    return Objects.requireNonNull(Docs.instant(document, field));
  }

  static @Nullable Date date(@Nullable Instant time) {
    return time == null ? null : Date.from(time);
  }

  private static Document line(Order.Line line) {
    return new Document("cartLine", line.cartLine())
        .append(SKU, line.sku())
        .append("product", line.product())
        .append("title", line.title())
        .append("mediaUri", line.mediaUri())
        .append(QUANTITY, line.quantity())
        .append("unit", line.unit())
        .append("discount", line.discount())
        .append("vat", line.vatBasisPoints())
        .append("way", way(line.fulfilment()));
  }

  private static Order.Line line(Document document) {
    return new Order.Line(
        document.getString("cartLine"),
        document.getString(SKU),
        document.getString("product"),
        document.getString("title"),
        Docs.string(document, "mediaUri"),
        (int) Docs.number(document, QUANTITY),
        Docs.number(document, "unit"),
        Docs.number(document, "discount"),
        (int) Docs.number(document, "vat"),
        way(document.get("way", Document.class)));
  }

  private static Document way(Fulfilment way) {
    return new Document(KIND, way.kind().name()).append(STORE, way.store());
  }

  private static Fulfilment way(Document document) {
    return new Fulfilment(
        Fulfilment.Kind.valueOf(document.getString(KIND)), Docs.string(document, STORE));
  }

  private static Document parcel(Parcel parcel) {
    var document =
        new Document("id", parcel.id())
            .append("way", way(parcel.fulfilment()))
            .append(
                "pieces",
                parcel.pieces().entrySet().stream()
                    .map(one -> new Document(SKU, one.getKey()).append(QUANTITY, one.getValue()))
                    .toList())
            .append("places", parcel.places())
            .append("place", parcel.place())
            .append(STATE, parcel.state().name())
            .append("title", parcel.title());
    return parcel.reservation().isEmpty()
        ? document
        : document.append("reservation", parcel.reservation());
  }

  private static Parcel parcel(Document document) {
    var pieces = new LinkedHashMap<String, Integer>();
    Docs.list(document, "pieces")
        .forEach(one -> pieces.put(one.getString(SKU), (int) Docs.number(one, QUANTITY)));
    return new Parcel(
        document.getString("id"),
        way(document.get("way", Document.class)),
        pieces,
        Docs.strings(document, "places"),
        (int) Docs.number(document, "place"),
        Parcel.State.valueOf(document.getString(STATE)),
        Docs.string(document, "reservation"),
        Docs.string(document, "title"));
  }

  private static Document payment(Payment payment) {
    return new Document("method", payment.method().name())
        .append("account", payment.account())
        .append("returnPath", payment.returnPath())
        .append("until", date(payment.until()))
        .append("session", payment.session())
        .append("redirect", payment.redirect())
        .append("closed", payment.closed())
        .append(
            "charges",
            payment.charges().stream()
                .map(
                    one ->
                        new Document("id", one.id())
                            .append(CENTS, one.cents())
                            .append("accepted", one.accepted()))
                .toList())
        .append(
            "refunds",
            payment.refunds().stream()
                .map(
                    one ->
                        new Document("id", one.id())
                            .append("charge", one.charge())
                            .append(CENTS, one.cents())
                            .append("done", one.done()))
                .toList());
  }

  private static Payment payment(Document document) {
    return new Payment(
        Payment.Method.valueOf(document.getString("method")),
        Docs.string(document, "account"),
        Docs.string(document, "returnPath"),
        Docs.instant(document, "until"),
        Docs.string(document, "session"),
        Docs.string(document, "redirect"),
        document.getBoolean("closed", false),
        Docs.list(document, "charges").stream()
            .map(
                one ->
                    new Charge(
                        one.getString("id"),
                        Docs.number(one, CENTS),
                        one.getBoolean("accepted", false)))
            .toList(),
        Docs.list(document, "refunds").stream()
            .map(
                one ->
                    new Refund(
                        one.getString("id"),
                        one.getString("charge"),
                        Docs.number(one, CENTS),
                        one.getBoolean("done", false)))
            .toList());
  }

  private static Document address(Address address) {
    return new Document("recipient", address.recipient())
        .append("street", address.street())
        .append("postalCode", address.postalCode())
        .append("city", address.city())
        .append("region", address.region())
        .append("phone", address.phone());
  }

  private static Address address(Document document) {
    return new Address(
        Docs.string(document, "recipient"),
        Docs.string(document, "street"),
        Docs.string(document, "postalCode"),
        Docs.string(document, "city"),
        Docs.string(document, "region"),
        Docs.string(document, "phone"));
  }

  private static List<Document> missing(Map<String, String> missing) {
    return missing.entrySet().stream()
        .map(one -> new Document(SKU, one.getKey()).append("available", one.getValue()))
        .toList();
  }

  private static Map<String, String> missing(Document document) {
    var missing = new LinkedHashMap<String, String>();
    Docs.list(document, "missing")
        .forEach(one -> missing.put(one.getString(SKU), one.getString("available")));
    return missing;
  }
}
