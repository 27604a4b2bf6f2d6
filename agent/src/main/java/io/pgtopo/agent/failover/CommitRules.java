package io.pgtopo.agent.failover;

import io.pgtopo.agent.observation.SynchronousStandbys;
import io.pgtopo.agent.observation.WalReceiver;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.config.model.Instance;
import java.util.List;

/** Whether the commits of a promoted candidate would wait for standbys that are not there. */
final class CommitRules {
  private CommitRules() {}

  static List<Finding> check(Scene scene, Instance member, LiveInstance candidate) {
    var name = "synchronous_standby_names";
    var setting = Scene.setting(candidate, name);
    if (setting.isEmpty()) {
      return Scene.unknown(candidate, name);
    }
    if (setting.get().isBlank()) {
      return List.of();
    }
    var standbys = SynchronousStandbys.parse(setting.get());
    if (standbys.isEmpty()) {
      return Scene.unknown(candidate, name);
    }
    var present =
        (int)
            scene
                .replicas()
                .filter(it -> !it.declared().equals(member))
                .filter(it -> isListed(it.server(), standbys.get()))
                .count();
    if (present >= standbys.get().needed()) {
      return List.of();
    }
    // An HA manager sets the names anew. The former primary may be one of them.
    var isManaged = scene.situation().manager().isPresent();
    var waived = SynchronyRules.waivedBy(candidate);
    var concern = new Concern.CommitsWouldWait(candidate, standbys.get(), present, waived);
    return List.of(
        isManaged || waived.isPresent()
            ? Finding.note(concern)
            : new Finding(
                concern,
                Safety.NO,
                present + 1 >= standbys.get().needed() ? Safety.UNKNOWN : Safety.NO));
  }

  private static boolean isListed(LiveInstance standby, SynchronousStandbys standbys) {
    return standbys.names().contains("*")
        || standby
            .facts()
            .walReceiver()
            .map(WalReceiver::applicationName)
            .filter(name -> standbys.names().stream().anyMatch(name::equalsIgnoreCase))
            .isPresent();
  }
}
