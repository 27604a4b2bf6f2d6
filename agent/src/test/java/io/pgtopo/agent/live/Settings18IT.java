package io.pgtopo.agent.live;

class Settings18IT extends SettingsContract {
  Settings18IT() {
    super(18);
  }
}
