package io.pgtopo.agent.observation;

/** The agent's own limit of open files is reached: this says nothing of any server. */
public final class OutOfFilesError extends VirtualMachineError {
  private static final long serialVersionUID = 1;

  public OutOfFilesError() {
    super("the limit of open files of this process is reached");
  }
}
