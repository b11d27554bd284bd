using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Errand.Commands;

/// <summary>Who a command runs as, where that is not the server's user.</summary>
internal sealed record UserIdentity(long UserId, long GroupId, IReadOnlyList<long> Groups)
{
    private const string Program = "id";

    /// <summary>Finds a user by name or number.</summary>
    /// <returns>The identity to take on; none where the server has it already.</returns>
    /// <exception cref="JobErrorException">There is no such user, or the server may not run anything as another one.</exception>
    public static async ValueTask<UserIdentity?> FindAsync(string name, CancellationToken cancellationToken = default)
    {
        long[]? user = await AskAsync("-u", name, cancellationToken), group = await AskAsync("-g", name, cancellationToken);
        long[]? groups = await AskAsync("-G", name, cancellationToken);
        if (user is not [var userId] || group is not [var groupId] || groups is null)
            throw NotStarted($"there is no user '{name}' on this machine. Give the name or the number of one that there is, or leave user out.");
        long[]? own = await AskAsync("-u", null, cancellationToken);
        if (own is [var ownId] && ownId == userId) return null;
        if (!Environment.IsPrivilegedProcess)
            throw NotStarted(
                $"it was to run as '{name}', and only a server that runs as root may start commands as another user. " +
                "Leave user out, or run the server as root.");
        return new(userId, groupId, groups);
    }

    private static async Task<long[]?> AskAsync(string what, string? name, CancellationToken cancellationToken)
    {
        string[] arguments = name is null ? [what] : [what, "--", name];
        var start = new ProcessStartInfo(Program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process process;
        try { process = Process.Start(start)!; }
        catch (Win32Exception e) { throw NotStarted($"users are found by the program '{Program}', which could not be started: {e.Message}."); }
        using (process)
        {
            var said = process.StandardOutput.ReadToEndAsync(cancellationToken);
            var refused = process.StandardError.ReadToEndAsync(cancellationToken);
            await Task.WhenAll(said, refused);
            await process.WaitForExitAsync(cancellationToken);
            return process.ExitCode == 0 ? Numbers(await said) : null;
        }
    }

    private static long[]? Numbers(string text)
    {
        var numbers = new List<long>();
        foreach (string word in text.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!long.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out long number)) return null;
            numbers.Add(number);
        }
        return [.. numbers];
    }

    private static JobErrorException NotStarted(string why) =>
        new(new JobError(JobErrorCodes.StartFailed, $"The command could not be started: {why}", Retryable: false));
}
