package io.pgtopo.exporter.view;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.pgtopo.agent.observation.InstanceFacts;
import io.pgtopo.agent.observation.RefusableFact;
import io.pgtopo.agent.observation.Survey;
import java.util.ArrayList;
import java.util.List;

/** Something that a server hides from the monitoring role. */
public record HiddenReport(
    @JsonPropertyDescription("the view, function or predefined role that it takes") String source,
    @JsonPropertyDescription("what is unknown without it") String lost,
    @JsonPropertyDescription("the statement that shows it, for a superuser on the primary")
        String grant) {

  /** The name in statements where a server did not yet show it. */
  private static final String UNNAMED = "the monitoring role";

  static List<HiddenReport> of(InstanceFacts facts) {
    var role = facts.survey().ifSeen().map(Survey::login).map(Grants::identifier).orElse(UNNAMED);
    var grants = Grants.of(facts);
    var hidden = new ArrayList<HiddenReport>();
    for (var privilege : Grants.Privilege.values()) {
      if (grants.of(privilege) == Grants.State.MISSING) {
        hidden.add(
            new HiddenReport(privilege.role(), privilege.lost(), Grants.monitor(role) + ";"));
      }
    }
    for (var object : grants.refused()) {
      hidden.add(
          new HiddenReport(
              object, RefusableFact.lostWithout(object), RefusableFact.grant(object, role) + ";"));
    }
    return List.copyOf(hidden);
  }
}
