using System.Collections;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Errand.Storage;

namespace Errand.Commands;

/// <summary>The start of one command: everything that must be known of it is on record before its first instruction.</summary>
internal sealed class CommandLaunch
{
    private static ReadOnlySpan<byte> Go => "go\n"u8;
    private readonly CommandParts _parts;
    private readonly CommandPlan _plan;
    private readonly CommandInput _input;
    private readonly JobContext _job;
    private readonly string _program;
    private readonly UserIdentity? _user;

    private CommandLaunch(CommandParts parts, CommandPlan plan, JobContext job, string program, UserIdentity? user)
    {
        _parts = parts;
        _plan = plan;
        _input = plan.Input;
        _job = job;
        _program = program;
        _user = user;
        Folder = new(job.Output.CreateFolder());
    }

    public CommandFolder Folder { get; }

    /// <summary>Finds what is to be started.</summary>
    /// <exception cref="JobErrorException">It cannot be started; the error says which part of it, and why.</exception>
    public static async ValueTask<CommandLaunch> PrepareAsync(CommandParts parts, CommandPlan plan, JobContext job)
    {
        var input = plan.Input;
        if (!OperatingSystem.IsLinux())
            throw new JobErrorException(new JobError(
                JobErrorCodes.StartFailed, $"'{input.Program}' was not started: commands need Linux. Run the server there.", Retryable: false));
        if (plan.Limits.FileBytes is not null && !parts.Supervisor.IsNative)
            throw new JobErrorException(new JobError(JobErrorCodes.StartFailed,
                $"'{input.Program}' was not started: a limit of file sizes cannot be kept here. Commands are run by {parts.Supervisor.Description}.",
                Retryable: false));
        var user = input.User is { } name ? await UserIdentity.FindAsync(name) : null;
        string program = ProgramSearch.Find(input);
        return new(parts, plan, job, program, user);
    }

    /// <summary>Starts the command.</summary>
    /// <exception cref="JobErrorException">It could not be started.</exception>
    public SupervisorProcess Start()
    {
        var startedAt = _job.Time.GetUtcNow();
        Folder.WriteSpec(CommandRecord.Of(_job, startedAt, ProcessIdentity.Current));
        if (_input.Stdin is { } text) Folder.WriteGivenInput(text);
        if (_input.KeepStdinOpen) CommandInputPipe.Create(Folder);
        var group = _parts.Groups.Create(_job.Id, _job.Attempt, _plan.Limits);
        using var groupFolder = _parts.Supervisor.IsNative ? group?.OpenFolder() : null;
        using var pipe = Pipe.Open();
        int process = StartSupervisor(group, groupFolder is null ? [pipe.Read] : [pipe.Read, groupFolder]);
        var supervisor = SupervisorProcess.Started(process, group) ?? throw NotStarted("its supervisor ended at once");
        try
        {
            ProcessMark.Of(_job.Id, _job.Attempt).Set(process);
            if (_plan.Limits.Nice is { } niceness) ProcessNiceness.Set(process, niceness);
            group?.EnterLegacy(process);
            Folder.WriteIdentity(new(supervisor.Identity, _parts.Supervisor.IsNative));
            pipe.Send(Go);
            return supervisor;
        }
        catch
        {
            // Without its go it ends by itself as soon as the pipe is closed.
            supervisor.Dispose();
            throw;
        }
    }

    private int StartSupervisor(ControlGroup? group, IReadOnlyList<SafeHandle> descriptors)
    {
        var order = new SupervisorOrder(Folder, _program, [.. _input.ArgumentsFromName])
        {
            Environment = Environment(),
            WorkingFolder = _input.Cwd ?? System.Environment.CurrentDirectory,
            Input = _input.Stdin is null ? "/dev/null" : Folder.GivenInput,
            KeepsInputOpen = _input.KeepStdinOpen,
            Group = group?.UnifiedFolder,
            LargestFile = _plan.Limits.FileBytes,
            User = _user,
        };
        try { return _parts.Supervisor.Start(order, descriptors); }
        catch (Win32Exception e) { throw NotStarted(e.Message); }
    }

    private List<string> Environment()
    {
        var variables = new List<string>();
        foreach (DictionaryEntry variable in System.Environment.GetEnvironmentVariables())
            if (_input.Env?.ContainsKey((string)variable.Key) != true) variables.Add($"{variable.Key}={variable.Value}");
        foreach (var (name, value) in _input.Env ?? new Dictionary<string, string>()) variables.Add($"{name}={value}");
        return variables;
    }

    private JobErrorException NotStarted(string why) =>
        new(new JobError(JobErrorCodes.StartFailed, $"'{_input.Program}' could not be started: {why}.", Retryable: false));
}
