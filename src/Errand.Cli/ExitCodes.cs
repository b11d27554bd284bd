namespace Errand.Cli;

/// <summary>What the commands exit with.</summary>
internal static class ExitCodes
{
    /// <summary>It went well; a job that was waited for has completed.</summary>
    public const int Ok = 0;

    /// <summary>It failed; a job that was waited for has failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong.</summary>
    public const int Usage = 2;

    /// <summary>No server serves the data folder.</summary>
    public const int NoServer = 3;

    /// <summary>There is no such job.</summary>
    public const int NotFound = 4;

    /// <summary>What was asked for is not possible now.</summary>
    public const int Refused = 5;

    /// <summary>The job that was waited for was cancelled.</summary>
    public const int Cancelled = 6;

    /// <summary>The time to wait was over first.</summary>
    public const int TimedOut = 7;

    /// <summary>The server did not accept the token.</summary>
    public const int Unauthorised = 8;

    /// <summary><c>run</c>: it went wrong on our side. All else is the command's own code.</summary>
    public const int RunFailed = 125;

    /// <summary><c>run</c>: the job was cancelled.</summary>
    public const int RunCancelled = 130;
}
