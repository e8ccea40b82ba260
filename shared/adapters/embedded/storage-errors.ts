import { OperatingError } from "#shared/ports/operating-error.ts";

/** An operating error of the embedded storage. The message is one clear line that names the file; the person at the keyboard can act on it. */
export class StorageError extends OperatingError {
  override readonly name: string = "StorageError";
}

/** The file is no database of ours, is missing, or its content is broken. Nothing was written to it. */
export class DamagedData extends StorageError {
  override readonly name = "DamagedData";
}

/** Another process holds the data folder. */
export class DataFolderInUse extends StorageError {
  override readonly name = "DataFolderInUse";
}

/** The data was written by another version of Meridian. */
export class UnknownDataVersion extends StorageError {
  override readonly name = "UnknownDataVersion";
}
