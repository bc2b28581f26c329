package dev.filo.cart.order.payment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Accounts at payment providers: {@code filo.payments.*}. With none orders can be paid in the store
 * only.
 *
 * @param account the account orders are paid at now; empty: none
 * @param accounts the accounts, by the name their webhooks' path has; one that is not used any more
 *     stays here until its last refund
 * @param tolerance how old, or how far ahead, a webhook's signature may be
 * @param deadline how long a provider is waited for
 */
@ConfigurationProperties("filo.payments")
public record PaymentSettings(
    @DefaultValue("") String account,
    @DefaultValue Map<String, Account> accounts,
    @DefaultValue("5m") Duration tolerance,
    @DefaultValue("10s") Duration deadline) {
  /** Copies what can change, and refuses a current account that is not there. */
  public PaymentSettings {
    accounts = Map.copyOf(accounts);
    if (!account.isEmpty() && !accounts.containsKey(account)) {
      throw new IllegalArgumentException(
          "filo.payments.account names '" + account + "', which is not in filo.payments.accounts");
    }
  }

  /**
   * An account. Each secret is said here, or better in a file of its own that is read when needed:
   * so it can be changed while the service runs.
   *
   * @param baseUri where the provider's API is
   * @param apiKey what calls to it carry
   * @param apiKeyFile the file it is in
   * @param webhookSecrets what webhooks are signed with; several while one takes another's place
   * @param webhookSecretFiles the files they are in
   */
  public record Account(
      URI baseUri,
      @DefaultValue("") String apiKey,
      @Nullable Path apiKeyFile,
      @DefaultValue List<String> webhookSecrets,
      @DefaultValue List<Path> webhookSecretFiles) {
    /** Copies what can change, and refuses an account without secrets. */
    public Account {
      webhookSecrets = List.copyOf(webhookSecrets);
      webhookSecretFiles = List.copyOf(webhookSecretFiles);
      if (apiKey.isBlank() && apiKeyFile == null) {
        throw new IllegalArgumentException("a payment account needs an api-key or api-key-file");
      }
      if (webhookSecretFiles.isEmpty() && webhookSecrets.stream().allMatch(String::isBlank)) {
        throw new IllegalArgumentException(
            "a payment account needs webhook-secrets or webhook-secret-files");
      }
    }

    String key() {
      return apiKeyFile == null ? apiKey : read(apiKeyFile);
    }

    List<String> secrets() {
      var all = new ArrayList<String>();
      webhookSecrets.stream().filter(secret -> !secret.isBlank()).forEach(all::add);
      webhookSecretFiles.forEach(file -> all.add(read(file)));
      return all;
    }

    private static String read(Path file) {
      try {
        return Files.readString(file).strip();
      } catch (IOException e) {
        throw new UncheckedIOException("a secret of a payment account cannot be read", e);
      }
    }
  }
}
