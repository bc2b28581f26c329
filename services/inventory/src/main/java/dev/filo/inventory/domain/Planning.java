package dev.filo.inventory.domain;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What is planned for a level: what is kept back, what is expected. */
final class Planning {
  private Planning() {}

  static Level.Step setSafety(Level level, Command.SetSafety set, Instant now) {
    for (SafetyRequest request : level.requests()) {
      if (request.requestId().equals(set.requestId())) {
        boolean isSame =
            request.safety() == set.safety()
                && request.answer().safety().rule().equals(Safety.OWN) == set.own();
        return level.refused(
            isSame ? new Outcome.Repeated(request.answer()) : new Outcome.Differs());
      }
    }
    var goods = level.goods().ownSafety(set.own());
    var after = level.planned(set.safety(), level.requests(), goods).snapshot(now);
    var remembered = new ArrayList<>(level.requests());
    remembered.add(new SafetyRequest(set.requestId(), set.safety(), after));
    var kept =
        remembered.subList(Math.max(0, remembered.size() - Level.REQUESTS_MAX), remembered.size());
    return done(level.planned(set.safety(), kept, goods), after, set.author(), now);
  }

  static Level.Step expect(Level level, Command.Expect expect, Instant now) {
    var content = expect.incoming().toString();
    for (IncomingRequest request : level.goods().requests()) {
      if (request.requestId().equals(expect.requestId())) {
        return level.refused(
            request.content().equals(content)
                ? new Outcome.Repeated(request.answer())
                : new Outcome.Differs());
      }
    }
    var goods = level.goods().expecting(expect.incoming());
    if (goods.incoming().size() > Goods.INCOMING_MAX) {
      return level.refused(new Outcome.Unfit(Outcome.Unfit.Why.INCOMING_TOO_MANY));
    }
    var after = level.planned(level.safety(), level.requests(), goods).snapshot(now);
    var remembering = goods.remembering(new IncomingRequest(expect.requestId(), content, after));
    return done(
        level.planned(level.safety(), level.requests(), remembering), after, expect.author(), now);
  }

  private static Level.Step done(Level next, Snapshot after, Author author, Instant now) {
    return new Level.Step(
        next,
        new Outcome.Done(after),
        List.of(new Change(after, "", "", "", null, 0, author, now)));
  }
}
