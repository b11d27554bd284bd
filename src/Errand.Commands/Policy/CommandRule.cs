namespace Errand.Commands;

/// <summary>Allows or denies programs, everywhere or in some folders. See <see cref="CommandPolicy.Rules"/>.</summary>
public sealed record CommandRule
{
    private CommandRule(bool allows, string program, string? folder)
    {
        Allows = allows;
        Program = program;
        Folder = folder;
        ProgramGlob = new(program);
        FolderGlob = folder is null ? null : new(folder);
    }

    /// <summary>Whether it allows; otherwise it denies.</summary>
    public bool Allows { get; }

    /// <summary>
    /// The programs it means: a name (<c>git</c>, <c>python*</c>), or a path where it has a slash (<c>/usr/bin/*</c>). <c>*</c> stays within a name,
    /// <c>**</c> goes over folders.
    /// </summary>
    public string Program { get; }

    /// <summary>The folders in which it holds, such as <c>/srv/**</c>; absent for all.</summary>
    public string? Folder { get; }

    internal Glob ProgramGlob { get; }

    internal Glob? FolderGlob { get; }

    /// <summary>Lets a program run. Once anything is allowed by a rule, what none allows is refused.</summary>
    /// <param name="program">The programs it means.</param>
    /// <param name="folder">The folders in which it holds; absent for all.</param>
    public static CommandRule Allow(string program, string? folder = null) => new(true, program, folder);

    /// <summary>Refuses a program, whatever other rules say.</summary>
    /// <param name="program">The programs it means.</param>
    /// <param name="folder">The folders in which it holds; absent for all.</param>
    public static CommandRule Deny(string program, string? folder = null) => new(false, program, folder);

    /// <summary>The rule in words.</summary>
    public override string ToString() => $"{(Allows ? "allow" : "deny")} {Program}{(Folder is null ? "" : $" in {Folder}")}";
}
