namespace Errand;

/// <summary>There is no schedule of this name.</summary>
public sealed class ScheduleNotFoundException : JobException
{
    /// <summary>A refusal that names it.</summary>
    /// <param name="name">The name.</param>
    public ScheduleNotFoundException(string name)
        : base($"There is no schedule '{name}'. It may have been deleted, or the name is mistyped; ListAsync tells which there are.") => Name = name;

    /// <summary>The name.</summary>
    public string Name { get; }
}

/// <summary>There is a schedule of this name already.</summary>
public sealed class ScheduleExistsException : JobException
{
    /// <summary>A refusal that names it.</summary>
    /// <param name="name">The name.</param>
    public ScheduleExistsException(string name)
        : base($"There is a schedule '{name}' already. Choose another name, or put this one in its place with ReplaceAsync.") => Name = name;

    /// <summary>The name.</summary>
    public string Name { get; }
}
