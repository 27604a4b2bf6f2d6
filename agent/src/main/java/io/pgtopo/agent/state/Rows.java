package io.pgtopo.agent.state;

import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.history.Change;
import io.pgtopo.agent.history.LastAnswer;
import io.pgtopo.agent.track.Episode;
import io.pgtopo.agent.track.ResolvedDrift;
import io.pgtopo.config.model.Endpoint;
import java.time.Instant;

/** Values as rows of the {@link Document}; {@link Values} is the way back. */
final class Rows {
  private Rows() {}

  static Document.Open open(Episode episode) {
    var course = episode.course();
    return new Document.Open(
        identity(episode.key()),
        episode.sources().stream().map(Rows::address).toList(),
        episode.since().toString(),
        episode.lastSeen().toString(),
        episode.firedAt().map(Instant::toString).orElse(null),
        new Document.StoredEpisode(
            course.held().toMillis(),
            course.presence().label(),
            course.cycles(),
            course.transitions().stream().map(Instant::toString).toList()));
  }

  static Document.Resolved resolved(ResolvedDrift drift) {
    return new Document.Resolved(open(drift.episode()), drift.at().toString());
  }

  static Document.Known known(Endpoint endpoint, LastAnswer member) {
    var reported = member.reported();
    return new Document.Known(
        address(endpoint),
        member.cluster(),
        member.name(),
        member.isAnswering(),
        new Document.Reported(
            reported.systemId().map(Object::toString).orElse(""),
            reported.role().label(),
            reported.startedAt().toString(),
            reported.timeline(),
            reported
                .upstream()
                .map(upstream -> new Document.Followed(upstream.address(), upstream.name()))
                .orElse(null)));
  }

  static Document.Happened happened(Change change) {
    return new Document.Happened(
        change.at().toString(),
        change.kind().label(),
        change.subject().map(Rows::about).orElse(null),
        change.drift().map(Rows::identity).orElse(null),
        change.text(),
        change.serverTime().map(Instant::toString).orElse(null));
  }

  private static Document.Address address(Endpoint endpoint) {
    return new Document.Address(endpoint.host(), endpoint.port());
  }

  private static Document.DriftKey identity(Drift.Key key) {
    return new Document.DriftKey(
        key.kind().label(), key.about().map(DriftKind::label).orElse(null), about(key.subject()));
  }

  private static Document.About about(Subject subject) {
    return new Document.About(
        subject.cluster(),
        subject.instance().orElse(null),
        subject.node().orElse(null),
        subject.part().map(part -> part.type().label()).orElse(null),
        subject.part().map(Subject.Part::name).orElse(null));
  }
}
