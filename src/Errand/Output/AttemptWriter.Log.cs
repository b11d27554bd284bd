using Microsoft.Extensions.Logging;

namespace Errand;

internal sealed partial class AttemptWriter
{
    [LoggerMessage(1, LogLevel.Warning, "Output of job {Job}, attempt {Attempt}, cannot be written and is being lost; the job goes on")]
    private partial void LogLosing(Exception failure, JobId job, int attempt);

    [LoggerMessage(2, LogLevel.Information, "Output of job {Job}, attempt {Attempt}, can be written again; {Bytes} bytes are missing in it")]
    private partial void LogWritingAgain(JobId job, int attempt, long bytes);

    [LoggerMessage(3, LogLevel.Warning, "Output of job {Job}, attempt {Attempt}, is written by another runner now; what is added here is ignored")]
    private partial void LogTakenOver(JobId job, int attempt);
}
