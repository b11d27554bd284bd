using Errand.Storage;

namespace Errand.Commands;

/// <summary>The supervisor of one command: a process that was told apart from every other.</summary>
internal sealed class SupervisorProcess : IDisposable
{
    private SupervisorProcess(ProcessDescriptor descriptor, ProcessIdentity identity, ControlGroup? group)
    {
        Descriptor = descriptor;
        Identity = identity;
        Key = new(identity.ProcessId, identity.StartTime);
        Group = group;
    }

    public ProcessDescriptor Descriptor { get; }

    public ProcessIdentity Identity { get; }

    public ProcessKey Key { get; }

    public ControlGroup? Group { get; }

    /// <summary>A child of this process that was just started: nobody can have its number before we have reaped it.</summary>
    public static SupervisorProcess? Started(int process, ControlGroup? group) =>
        ProcessDescriptor.Open(process) is { } descriptor && ProcessIdentity.Find(process) is { } identity ? new(descriptor, identity, group) : null;

    /// <summary>
    /// The process that a record names, if it still lives and proves to be the supervisor of that command: it started when the record says,
    /// and carries the command's mark, which no other process has, whatever the record says.
    /// </summary>
    public static SupervisorProcess? Find(ProcessIdentity identity, ProcessMark mark, ControlGroup? group)
    {
        // The descriptor first: it holds on to whoever has the number now, and only then is it asked who that is.
        var descriptor = ProcessDescriptor.Open(identity.ProcessId);
        if (descriptor is not null && ProcessIdentity.Find(identity.ProcessId) == identity && ProcessMark.Of(identity.ProcessId) == mark)
            return new(descriptor, identity, group);
        descriptor?.Dispose();
        return null;
    }

    public void Reap() => Descriptor.Reap();

    public void Dispose() => Descriptor.Dispose();
}
