namespace Errand.Commands;
#pragma warning disable
public enum SupervisorChoice { Auto, Native, Shell }
public sealed class CommandOptions { public TimeSpan TerminateAfter { get; set; } = TimeSpan.FromSeconds(1); public TimeSpan KillAfter { get; set; } = TimeSpan.FromSeconds(5); public CommandPolicy Policy { get; } = new(); public SupervisorChoice Supervisor { get; set; } }
internal sealed record UserIdentity(int UserId, int GroupId, IReadOnlyList<int> Groups) { public static ValueTask<UserIdentity?> FindAsync(string n) => default; }
internal static class ProgramSearch { public static string Find(CommandInput i, CommandOptions o) => i.Program.Contains('/') ? i.Program : "/usr/bin/" + i.Program; }
internal sealed class ProgressListener(JobContext job, CommandOptions o) : ICommandListener { private readonly OutputProgress _p = new(ProgressReader.Usual); public bool NeedsEverything => false; public void OnStarted(CommandRun r) {} public void OnOutput(OutputStream s, ReadOnlySpan<byte> b) { if (_p.Feed(s, b)) job.Progress.Report(_p.Latest!); } }
