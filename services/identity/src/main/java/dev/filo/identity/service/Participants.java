package dev.filo.identity.service;

import dev.filo.proto.privacy.v1.EraseResponse;
import dev.filo.proto.privacy.v1.ExportResponse;
import dev.filo.proto.privacy.v1.PreviewResponse;
import java.util.List;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The services that hold personal data, identity itself among them. */
public interface Participants {
  /** Their short names, in the order in which people are erased there; identity is the first. */
  List<String> services();

  /** All that a service holds about a person, by all her names. */
  Flux<ExportResponse> export(String service, List<String> customers);

  /** What erasing her would do there. One value. */
  Mono<PreviewResponse> preview(String service, List<String> customers);

  /** Erases her there. One value: the receipt. */
  Mono<EraseResponse> erase(String service, List<String> customers, String erasure, int round);
}
