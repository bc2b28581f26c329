package dev.filo.identity.web;

import static com.mongodb.client.model.Filters.and;
import static com.mongodb.client.model.Filters.eq;
import static com.mongodb.client.model.Filters.lt;
import static com.mongodb.client.model.Updates.set;

import com.mongodb.client.model.IndexOptions;
import com.mongodb.client.model.Indexes;
import com.mongodb.reactivestreams.client.MongoCollection;
import com.mongodb.reactivestreams.client.MongoDatabase;
import dev.filo.identity.domain.Principal;
import dev.filo.identity.service.Secrets;
import dev.filo.identity.service.Sessions;
import dev.filo.platform.mongo.Docs;
import dev.filo.platform.mongo.Mongo;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationCode;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationService;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import reactor.core.publisher.Mono;

/**
 * Authorizations between their code and their tokens, in MongoDB, the code only as a hash. Tokens
 * themselves are not here: access tokens are signed, refresh tokens are sessions'. A code gives
 * tokens once, however many ask at once; used again it ends the session it gave (RFC 6749 §4.1.2).
 */
public final class MongoAuthorizations implements OAuth2AuthorizationService {
  private final MongoCollection<Document> authorizations;
  private final RegisteredClientRepository clients;
  private final Sessions sessions;
  private final Secrets secrets;

  /** Authorizations in a database. */
  public MongoAuthorizations(
      MongoDatabase database,
      RegisteredClientRepository clients,
      Sessions sessions,
      Secrets secrets) {
    this.authorizations = database.getCollection("authorizations");
    this.clients = clients;
    this.sessions = sessions;
    this.secrets = secrets;
  }

  /** Makes the indexes. */
  public void prepare() {
    Mongo.index(
        authorizations, Indexes.ascending("code"), new IndexOptions().unique(true).sparse(true));
    Mongo.index(authorizations, Indexes.ascending("expireTime"));
  }

  /** Forgets codes that ended before a moment. */
  public Mono<Void> forget(Instant before) {
    return Mono.from(authorizations.deleteMany(lt("expireTime", Date.from(before)))).then();
  }

  @Override
  public void save(OAuth2Authorization authorization) {
    var code = authorization.getToken(OAuth2AuthorizationCode.class);
    if (code == null) {
      return; // client credentials: nothing to come back for
    }
    if (code.isInvalidated()) {
      var used =
          authorizations.findOneAndUpdate(
              and(eq("_id", authorization.getId()), eq("used", false)), set("used", true));
      if (Mono.from(used).block(FiloGrantProvider.PATIENCE) == null) {
        sessions
            .end(FiloTokenGenerator.session(authorization.getId()))
            .block(FiloGrantProvider.PATIENCE);
        throw FiloGrantProvider.error(OAuth2ErrorCodes.INVALID_GRANT, "");
      }
      return;
    }
    Mono.from(authorizations.insertOne(document(authorization, code.getToken())))
        .block(FiloGrantProvider.PATIENCE);
  }

  @Override
  public void remove(OAuth2Authorization authorization) {
    Mono.from(authorizations.deleteOne(eq("_id", authorization.getId())))
        .block(FiloGrantProvider.PATIENCE);
  }

  @Override
  public @Nullable OAuth2Authorization findById(String id) {
    return null; // asked only while tokens of an authorization are refreshed, which sessions do
  }

  @Override
  public @Nullable OAuth2Authorization findByToken(String token, @Nullable OAuth2TokenType type) {
    if (type != null && !"code".equals(type.getValue())) {
      return null;
    }
    var document =
        Mono.from(authorizations.find(eq("code", hash(token))).first())
            .block(FiloGrantProvider.PATIENCE);
    if (document == null) {
      return null;
    }
    if (document.getBoolean("used", false)) {
      sessions
          .end(FiloTokenGenerator.session(document.getString("_id")))
          .block(FiloGrantProvider.PATIENCE);
      return null;
    }
    return authorization(document, token);
  }

  private String hash(String code) {
    return secrets.hash("authorization", code);
  }

  private Document document(OAuth2Authorization authorization, OAuth2AuthorizationCode code) {
    OAuth2AuthorizationRequest request =
        authorization.getAttribute(OAuth2AuthorizationRequest.class.getName());
    Object who = authorization.getAttribute(java.security.Principal.class.getName());
    if (request == null || !(who instanceof Login login)) {
      throw new IllegalStateException("an authorization without a person or a request");
    }
    var principal = login.principal();
    var parameters = new Document();
    request
        .getAdditionalParameters()
        .forEach((name, value) -> parameters.append(name, value.toString()));
    return new Document("_id", authorization.getId())
        .append("client", authorization.getRegisteredClientId())
        .append("code", hash(code.getTokenValue()))
        .append("used", false)
        .append("createTime", date(code.getIssuedAt()))
        .append("expireTime", date(code.getExpiresAt()))
        .append("scopes", authorization.getAuthorizedScopes().stream().sorted().toList())
        .append(
            "principal",
            new Document("name", principal.name())
                .append("role", principal.role())
                .append("stores", principal.stores())
                .append("displayName", principal.displayName())
                .append("former", login.former()))
        .append(
            "request",
            new Document("authorizationUri", request.getAuthorizationUri())
                .append("redirectUri", request.getRedirectUri())
                .append("state", request.getState())
                .append("scopes", request.getScopes().stream().sorted().toList())
                .append("parameters", parameters));
  }

  private static Date date(@Nullable Instant instant) {
    if (instant == null) {
      throw new IllegalStateException("a code without a life");
    }
    return Date.from(instant);
  }

  private @Nullable OAuth2Authorization authorization(Document document, String code) {
    var client = clients.findByClientId(document.getString("client"));
    if (client == null) {
      return null;
    }
    var who = document.get("principal", Document.class);
    var asked = document.get("request", Document.class);
    Map<String, Object> parameters = new HashMap<>(asked.get("parameters", Document.class));
    var request =
        OAuth2AuthorizationRequest.authorizationCode()
            .authorizationUri(asked.getString("authorizationUri"))
            .clientId(client.getClientId())
            .redirectUri(asked.getString("redirectUri"))
            .scopes(new HashSet<>(Docs.strings(asked, "scopes")))
            .state(asked.getString("state"))
            .additionalParameters(parameters)
            .build();
    var login =
        new Login(
            new Principal(
                who.getString("name"),
                who.getString("role"),
                Docs.strings(who, "stores"),
                Docs.string(who, "displayName")),
            Docs.string(who, "former"));
    return OAuth2Authorization.withRegisteredClient(client)
        .id(document.getString("_id"))
        .principalName(login.getName())
        .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
        .authorizedScopes(new HashSet<>(Docs.strings(document, "scopes")))
        .attribute(OAuth2AuthorizationRequest.class.getName(), request)
        .attribute(java.security.Principal.class.getName(), login)
        .token(
            new OAuth2AuthorizationCode(
                code,
                document.getDate("createTime").toInstant(),
                document.getDate("expireTime").toInstant()))
        .build();
  }
}
