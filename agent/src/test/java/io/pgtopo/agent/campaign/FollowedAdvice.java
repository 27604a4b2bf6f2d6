package io.pgtopo.agent.campaign;

import io.pgtopo.agent.advice.Advice;
import io.pgtopo.agent.topology.LiveInstance;
import io.pgtopo.agent.topology.LiveRole;
import io.pgtopo.config.model.Endpoint;
import java.util.Optional;
import java.util.Set;

/** What advice would do to the real servers if somebody followed it as it is written. */
final class FollowedAdvice {
  private FollowedAdvice() {}

  /**
   * Why it would make a second primary, or redirect a server to one that does not lead.
   *
   * @param leaders the addresses of all servers of the cluster that run in production
   */
  static Optional<String> harm(Advice advice, Set<String> leaders) {
    return switch (advice) {
      case Advice.Start(var instance, var manager) -> beside(instance.endpoint(), leaders);
      case Advice.RestoreOrReplace it -> beside(it.instance().endpoint(), leaders);
      case Advice.Promote it -> anyOf(leaders);
      case Advice.RestoreStore it -> Optional.empty();
      case Advice.FollowLeader it -> noLeader(it.leader(), leaders);
      case Advice.DeclareRole it when it.live() == LiveRole.PRIMARY -> Optional.empty();
      case Advice.DeclareRole it -> leadsAlone(it.leader(), leaders);
      case Advice.ExchangeRoles it -> leadsAlone(it.leader(), leaders);
      case Advice.DeclarePrimary it ->
          it.primaries().stream().flatMap(leader -> noLeader(leader, leaders).stream()).findFirst();
      case Advice.ChoosePrimary it ->
          it.sides().stream()
              .flatMap(side -> noLeader(side.primary(), leaders).stream())
              .findFirst();
      case Advice.StartAsStandby it -> Optional.empty();
      case Advice.FindOut it -> Optional.empty();
      case Advice.RepairWay it -> Optional.empty();
      case Advice.FindPrimaryFirst it -> Optional.empty();
      case Advice.DeclareUpstream it -> Optional.empty();
      case Advice.KeepUpstream it -> Optional.empty();
      case Advice.KeepPaused it -> Optional.empty();
      case Advice.Wait it -> Optional.empty();
      case Advice.SettleFirst it -> Optional.empty();
      case Advice.Configure it -> Optional.empty();
      case Advice.Renew it -> noLeader(it.leader(), leaders);
    };
  }

  private static String address(Endpoint endpoint) {
    return endpoint.host() + ":" + endpoint.port();
  }

  private static Optional<String> anyOf(Set<String> leaders) {
    return leaders.stream().findFirst().map(it -> it + " leads");
  }

  private static Optional<String> beside(Endpoint endpoint, Set<String> leaders) {
    return leaders.stream()
        .filter(it -> !it.equals(address(endpoint)))
        .findFirst()
        .map(it -> it + " leads");
  }

  private static Optional<String> noLeader(LiveInstance leader, Set<String> leaders) {
    return leaders.contains(address(leader.endpoint()))
        ? Optional.empty()
        : Optional.of(leader.endpoint() + " does not lead");
  }

  private static Optional<String> leadsAlone(LiveInstance leader, Set<String> leaders) {
    return noLeader(leader, leaders).or(() -> beside(leader.endpoint(), leaders));
  }
}
