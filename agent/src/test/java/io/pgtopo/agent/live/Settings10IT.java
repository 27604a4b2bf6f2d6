package io.pgtopo.agent.live;

class Settings10IT extends SettingsContract {
  Settings10IT() {
    super(10);
  }
}
