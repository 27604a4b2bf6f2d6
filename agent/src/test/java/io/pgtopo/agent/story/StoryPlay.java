package io.pgtopo.agent.story;

import io.pgtopo.agent.compare.Comparison;
import io.pgtopo.agent.compare.ComparisonResult;
import io.pgtopo.agent.compare.EarlierPoll;
import io.pgtopo.agent.compare.Past;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.history.History;
import io.pgtopo.agent.judge.Judgement;
import io.pgtopo.agent.service.Dials;
import io.pgtopo.agent.service.Managers;
import io.pgtopo.agent.service.OtherSources;
import io.pgtopo.agent.state.KeptState;
import io.pgtopo.agent.topology.AddressBook;
import io.pgtopo.agent.topology.Inference;
import io.pgtopo.agent.topology.LastKnown;
import io.pgtopo.agent.topology.Topology;
import io.pgtopo.agent.topology.WrittenTimes;
import io.pgtopo.agent.track.Hysteresis;
import io.pgtopo.config.model.Inventory;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Plays a story through the core, one cycle for each phase. */
final class StoryPlay {
  private StoryPlay() {}

  /** What the core makes of a phase. */
  record Cycle(
      Story.Phase phase,
      History history,
      Judgement judgement,
      Topology topology,
      ComparisonResult compared,
      Managers managers,
      WrittenTimes written,
      Inventory declared,
      AddressBook names) {}

  static void play(Story story, Consumer<Cycle> each) {
    var names = AddressBook.of(story.inventory());
    var hysteresis = new Hysteresis(story.hysteresis(), story.grace());
    var history = History.starting(hysteresis);
    var memory = LastKnown.EMPTY;
    var earlier = Optional.<Topology>empty();
    var past = Past.NONE;
    var managers = Managers.NONE;
    var dials = Dials.NONE;
    var last = Stage.START;
    var steady = Stage.START;
    for (var phase : story.phases()) {
      if (phase.isRestart()) {
        history = KeptState.overARestart(history, hysteresis, story.inventory());
        memory = LastKnown.EMPTY;
        earlier = Optional.empty();
        past = Past.NONE;
      }
      var observations = new Stage(story.cast()).observations(phase);
      var shared = phase.shared().stream().map(story.cast()::endpoint).collect(Collectors.toSet());
      var topology = Inference.infer(observations, names.without(shared), memory);
      memory = memory.next(topology);
      var now = Stage.START.plus(phase.at());
      // A phase that is earlier than the one before is a clock that was set back.
      steady = now.isAfter(last) ? steady.plus(Duration.between(last, now)) : steady;
      last = now;
      past = past.next(topology, steady);
      managers = StoryManagers.next(managers, phase, story.cast(), now);
      dials = StoryDials.next(dials, phase, story.cast(), topology, now);
      var others =
          new OtherSources(
              dials,
              StoryBalancers.of(phase, story.cast(), now),
              managers,
              StoryDials.names(phase, story.cast(), now));
      var compared =
          Comparison.compare(
                  story.inventory(),
                  topology,
                  story.policy(),
                  EarlierPoll.of(earlier, past, history.tracker().forgotten()).with(others))
              .with(
                  DriftKind.IGNORE_RULE_EXPIRED,
                  story.inventory().clusters(),
                  Judgement.expired(story.policy(), story.inventory(), now));
      earlier = Optional.of(topology);
      managers = managers.seen(topology, now);
      history =
          history.next(story.inventory(), topology, compared.drifts(), names, others, now, steady);
      var open = history.tracker().open();
      var judgement = Judgement.of(story.policy(), story.inventory(), topology, open, now);
      each.accept(
          new Cycle(
              phase,
              history,
              judgement,
              topology,
              compared,
              managers,
              past.written(),
              story.inventory(),
              names));
    }
  }
}
