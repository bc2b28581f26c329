package dev.filo.pos.gateway;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A token of the till. Printed without the token itself.
 *
 * @param client whose it is
 * @param target the gateway that gave it
 * @param value what is sent with each call
 * @param startTime since when the till has it
 * @param expireTime from when on it is worth nothing
 */
record Token(String client, String target, String value, Instant startTime, Instant expireTime) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** The stores it is good for, as it says itself; empty when it says nothing. */
  List<String> stores() {
    var stores = new ArrayList<String>();
    claims().path("stores").forEach(store -> stores.add(store.asString("")));
    return List.copyOf(stores);
  }

  private JsonNode claims() {
    var parts = value.split("\\.", -1);
    try {
      return parts.length < 2
          ? JSON.createObjectNode()
          : JSON.readTree(
              new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException | JacksonException e) {
      return JSON.createObjectNode();
    }
  }

  @Override
  public String toString() {
    return "token of " + client + " until " + expireTime;
  }
}
