namespace Errand.Commands;

/// <summary>
/// Which commands may start, and which a person is asked about first. A guard rail against mistakes and not a sandbox: it looks at what a command
/// says it will run, and what runs can do whatever its user can.
/// </summary>
public sealed class CommandPolicy
{
    /// <summary>
    /// What may run. A program that a rule denies is refused; once a rule allows anything, what none allows is refused too. Where rules stand,
    /// a line that cannot be read to its end is asked about. Default: none, so that everything may run.
    /// </summary>
    public IList<CommandRule> Rules { get; } = [];

    /// <summary>
    /// The folders that commands may run in, with all below them; absolute. Links are followed before they are compared. Default: none, so that
    /// they may run anywhere.
    /// </summary>
    public IList<string> AllowedFolders { get; } = [];

    /// <summary>
    /// What a person is asked about first. Default: a short list of what destroys much at once, such as <c>rm -rf /</c>, <c>mkfs</c>,
    /// <c>git push --force</c> and <c>curl … | sh</c>.
    /// </summary>
    public IList<DangerousCommand> AskFirst { get; } = [.. DangerousCommands.Shipped];

    /// <summary>Whether a command may start, as far as its text and the file system tell now.</summary>
    /// <param name="input">The command.</param>
    internal PolicyVerdict Check(CommandInput input)
    {
        if (Rules.Count == 0 && AllowedFolders.Count == 0 && AskFirst.Count == 0) return PolicyVerdict.Allowed;
        var programs = CommandPrograms.Of(input);
        var folders = new CommandFolders(input.Cwd ?? Environment.CurrentDirectory, programs.Folders);
        string parameter = input.Argv is null ? "command" : "argv";
        return CheckFolders(folders, parameter) ?? CheckRules(input, programs, folders, parameter) ?? CheckUnknown(programs, folders)
            ?? CheckDanger(input, programs) ?? PolicyVerdict.Allowed;
    }

    /// <summary>Refuses a command that may not start, by the name of its parameter.</summary>
    /// <returns>The reason to ask a person first, where there is one.</returns>
    /// <exception cref="InvalidJobException">It may not start.</exception>
    internal string? Demand(CommandInput input)
    {
        var verdict = Check(input);
        return verdict.Answer == PolicyAnswer.Refused ? throw new InvalidJobException(verdict.Parameter!, verdict.Reason!) : verdict.Reason;
    }

    /// <summary>What is wrong with it, for the check at the start.</summary>
    internal IEnumerable<string> Problems() => AllowedFolders
        .Where(folder => !Path.IsPathFullyQualified(folder))
        .Select(folder => $"Policy.AllowedFolders has '{folder}', which is not an absolute path.");

    private PolicyVerdict? CheckPlaces(CommandInput input, CommandPrograms programs)
    {
        // Folders are looked up only for rules on them: that takes longer than all the rest.
        if (Rules.Count == 0 && AllowedFolders.Count == 0) return null;
        var folders = new CommandFolders(input.Cwd ?? Environment.CurrentDirectory, programs.Folders);
        string parameter = input.Argv is null ? "command" : "argv";
        return CheckFolders(folders, parameter) ?? CheckRules(input, programs, folders, parameter);
    }

    private PolicyVerdict? CheckFolders(CommandFolders folders, string parameter)
    {
        if (AllowedFolders.Count == 0) return null;
        string[] allowed = [.. AllowedFolders.Select(RealPath.Of).OfType<string>()];
        foreach (var (folder, isStart) in folders.All)
        {
            if (folder.Real is { } real && allowed.Any(each => RealPath.IsWithin(real, each))) continue;
            string name = isStart ? "cwd" : parameter;
            string stands = folder.Real is null ? ", whose links lead in a circle," : $" (which is '{folder.Real}')";
            if (folder.Real == folder.Written) stands = "";
            return PolicyVerdict.Refused(
                name,
                $"Commands may not run in '{folder.Written}'{stands} here. Allowed, with all below: {string.Join(", ", AllowedFolders)}.",
                "AllowedFolders");
        }
        return null;
    }

    private PolicyVerdict? CheckRules(CommandInput input, CommandPrograms programs, CommandFolders folders, string parameter)
    {
        if (Rules.Count == 0) return null;
        foreach (var use in programs.Uses)
        {
            var program = new ProgramNames(use.Words[0], input);
            foreach (var (folder, _) in folders.All)
            {
                if (DenialOf(program, folder) is { } denial)
                    return PolicyVerdict.Refused(parameter, $"'{use.Program}' may not be run here: a rule says '{denial}'.", denial.ToString());
                if (!IsAllowed(use, program, folder))
                    return PolicyVerdict.Refused(
                        parameter, $"'{use.Program}' may not be run in '{folder.Written}': only what a rule allows may run. {Allowances()}", "Rules");
            }
        }
        return null;
    }

    private CommandRule? DenialOf(ProgramNames program, CommandFolders.Folder folder) =>
        Rules.FirstOrDefault(rule => !rule.Allows && HoldsIn(rule, folder) && program.MayBe(rule.ProgramGlob, rule.Program));

    // A program whose name is worked out when it runs is asked about.
    private bool IsAllowed(ProgramUse use, ProgramNames program, CommandFolders.Folder folder) =>
        !Rules.Any(rule => rule.Allows) || ShellBuiltins.IsHarmless(use.Name) || !use.Words[0].IsKnown
        || Rules.Any(rule => rule.Allows && HoldsIn(rule, folder) && program.Is(rule.ProgramGlob, rule.Program));

    private PolicyVerdict? CheckUnknown(CommandPrograms programs, CommandFolders folders) =>
        (programs.Unknown ?? folders.Unknown) is { } unknown && (Rules.Count > 0 || AllowedFolders.Count > 0)
        ? PolicyVerdict.Asks($"It cannot be seen beforehand what it will run or where, because of {unknown}, and there are rules for that here.")
        : null;

    private PolicyVerdict? CheckDanger(CommandInput input, CommandPrograms programs)
    {
        if (AskFirst.Count == 0) return null;
        var texts = programs.Uses.Select(use => use.Text).ToList();
        if (input.Command is { } line) texts.Add(line);
        foreach (var use in programs.Uses)
            for (var (fed, text) = (use, use.Text); fed.FedBy is { } source; fed = programs.Uses[source])
                texts.Add(text = $"{programs.Uses[source].Text} | {text}");
        var danger = AskFirst.FirstOrDefault(danger => texts.Any(danger.Regex.IsMatch));
        return danger is null ? null : PolicyVerdict.Asks($"It {danger.What}.");
    }

    private static bool HoldsIn(CommandRule rule, CommandFolders.Folder folder) =>
        rule.FolderGlob is not { } glob || glob.Matches(folder.Written) || (folder.Real is { } real && glob.Matches(real));

    private string Allowances() => $"The rules: {string.Join(", ", Rules)}.";
}
