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

/** The folder holds the data of a platform that is put together in another way. */
export class OtherLayout extends StorageError {
  override readonly name = "OtherLayout";

  constructor(path: string, found: string, wanted: string) {
    super(
      `The data folder ${path} holds ${found}, not ${wanted}; start it as what it is, choose another folder with --data, or forget it with --fresh.`,
    );
  }
}
