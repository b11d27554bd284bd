namespace Errand.Commands;

/// <summary>A live process of a command.</summary>
/// <param name="Key">Which one.</param>
/// <param name="Parent">The number of its parent.</param>
/// <param name="Name">The name of its program, at most 15 characters.</param>
internal readonly record struct ProcessMember(ProcessKey Key, int Parent, string Name)
{
    /// <summary>As in "sleep (4711)".</summary>
    public override string ToString() => $"{Name} ({Key.Pid})";
}
