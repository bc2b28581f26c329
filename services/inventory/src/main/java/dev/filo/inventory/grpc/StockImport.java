package dev.filo.inventory.grpc;

import dev.filo.inventory.domain.Author;
import dev.filo.inventory.service.ImportStore.Progress;
import dev.filo.inventory.service.Imports;
import dev.filo.platform.grpc.Statuses;
import dev.filo.platform.grpc.Times;
import dev.filo.proto.inventory.v1.ImportProgress;
import dev.filo.proto.inventory.v1.ImportRowResult;
import dev.filo.proto.inventory.v1.ImportStockLevelsRequest;
import dev.filo.proto.inventory.v1.ImportStockLevelsResponse;
import dev.filo.proto.inventory.v1.StockLevelRow;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One stream of an import: a few requests in hand at a time, answered in order. */
final class StockImport {
  // While the rows of one are written, those of the next are read and looked up.
  private static final int IN_HAND = 6;
  private static final long ROW_MAX = 999_999_999_999L;

  private final Imports imports;
  private final Author author;
  private @Nullable Mono<Progress> begun;
  private String id = "";
  private long lastRow;

  StockImport(Imports imports, Author author) {
    this.imports = imports;
    this.author = author;
  }

  /** The answers, one for each request. */
  Flux<ImportStockLevelsResponse> answers(Flux<ImportStockLevelsRequest> requests) {
    return requests
        .flatMapSequential(this::record, IN_HAND, 1)
        .concatMap(
            recorded -> imports.done(recorded).map(progress -> answer(recorded, progress)), 1);
  }

  /** Called for one request after the other; what it gives runs while the next is called. */
  private Mono<Imports.Recorded> record(ImportStockLevelsRequest request) {
    if (begun == null) {
      id = request.getImportId();
      begun = imports.begin(id).cache();
    } else if (!id.equals(request.getImportId())) {
      return Mono.error(Statuses.field("import_id", "must be the same in every request"));
    }
    for (StockLevelRow row : request.getRowsList()) {
      if (row.getRow() <= lastRow || row.getRow() > ROW_MAX) {
        return Mono.error(Statuses.field("rows.row", "must rise from row to row, 1 to " + ROW_MAX));
      }
      lastRow = row.getRow();
    }
    var rows = request.getRowsList().stream().map(StockImport::row).toList();
    return begun.flatMap(progress -> imports.record(progress, rows, author));
  }

  private static Imports.Row row(StockLevelRow row) {
    return new Imports.Row(
        row.getRow(),
        row.getSku(),
        row.getLocation(),
        row.getOnHand(),
        row.hasEffectiveTime() ? Times.instant(row.getEffectiveTime()) : null);
  }

  private static ImportStockLevelsResponse answer(Imports.Recorded recorded, Progress progress) {
    var answer =
        ImportStockLevelsResponse.newBuilder()
            .setProgress(
                ImportProgress.newBuilder()
                    .setImportId(progress.id())
                    .setLastRow(progress.lastRow())
                    .setRecordedCount(progress.recorded())
                    .setRepeatedCount(progress.repeated())
                    .setRefusedCount(progress.refused())
                    .setStartTime(Times.timestamp(progress.startTime())));
    List<Imports.Row> rows = recorded.rows();
    for (int i = 0; i < rows.size(); i++) {
      answer.addResults(result(rows.get(i).number(), recorded, i));
    }
    return answer.build();
  }

  private static ImportRowResult result(long row, Imports.Recorded recorded, int i) {
    var result = InventoryProtos.outcome(recorded.results().get(i));
    return ImportRowResult.newBuilder()
        .setRow(row)
        .setOutcome(result.getOutcome())
        .setReason(result.getReason())
        .setDetail(result.getDetail())
        .build();
  }
}
