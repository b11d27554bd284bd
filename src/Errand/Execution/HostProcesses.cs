using Errand.Storage;

namespace Errand;

/// <summary>Tells processes of this host apart, so that the runner of one that has died lapses at once and not after its lease.</summary>
internal interface IHostProcesses
{
    /// <summary>This process, where the host tells.</summary>
    ProcessIdentity? Current { get; }

    /// <summary>Whether the process is known to be gone. Unknown means no.</summary>
    bool IsGone(ProcessIdentity process);
}

/// <summary>What the system tells; where it tells nothing, runners lapse by their leases.</summary>
internal sealed class HostProcesses : IHostProcesses
{
    public ProcessIdentity? Current => ProcessIdentity.Current;

    public bool IsGone(ProcessIdentity process) => process.IsGone;
}
